import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addCheckpoint, type CheckpointRecord, findCheckpoint } from '#domain/checkpoint.ts'
import type { CheckpointSpec } from '#domain/training-spec.ts'

const SPEC: CheckpointSpec = { everyEpochs: 1, keepLatest: 1, keepBest: 1, bestBy: 'validationAccuracy' }

function checkpoint(step: number, validationAccuracy?: number): CheckpointRecord {
  const measured =
    validationAccuracy === undefined ? {} : { validationAccuracy, validationLoss: 1 - validationAccuracy }
  return { epoch: Math.floor(step / 10), step, ...measured, sizeBytes: 1, sha256: '0'.repeat(64) }
}

function keptAfter(added: CheckpointRecord[], change: Partial<CheckpointSpec> = {}): number[] {
  const kept = added.reduce<CheckpointRecord[]>(
    (checkpoints, next) => addCheckpoint(checkpoints, next, { ...SPEC, ...change }),
    [],
  )
  return kept.map(({ step }) => step)
}

describe('the checkpoints that a job keeps', () => {
  const run = [0.7, 0.9, 0.8, 0.85].map((accuracy, index) => checkpoint(10 * (index + 1), accuracy))

  it('are the latest and the best, by accuracy or by loss', () => {
    assert.deepEqual(keptAfter(run), [20, 40])
    assert.deepEqual(keptAfter(run, { bestBy: 'validationLoss' }), [20, 40])
    assert.deepEqual(keptAfter(run, { keepLatest: 2, keepBest: 0 }), [30, 40])
    assert.deepEqual(keptAfter(run, { keepBest: 2 }), [20, 40])
  })

  it('are one if the latest is the best; of two that are equally good, the earlier is the best', () => {
    assert.deepEqual(keptAfter([checkpoint(10, 0.5), checkpoint(20, 0.9)]), [20])
    assert.deepEqual(keptAfter([checkpoint(10, 0.9), checkpoint(20, 0.9), checkpoint(30, 0.1)]), [10, 30])
  })

  it('replace one that was taken before its epoch was measured by the one of the measured epoch', () => {
    const unmeasured: CheckpointRecord = { ...checkpoint(20), epoch: 1 }
    const kept = [
      checkpoint(10, 0.5),
      unmeasured,
      { ...checkpoint(20, 0.4), improved: true } as const,
    ].reduce<CheckpointRecord[]>((checkpoints, next) => addCheckpoint(checkpoints, next, SPEC), [])
    assert.deepEqual(
      kept.map(({ epoch, validationAccuracy, improved }) => [epoch, validationAccuracy, improved]),
      [
        [1, 0.5, undefined],
        [2, 0.4, true],
      ],
    )
  })

  it('keep the one of an epoch beside an interruption before the first step of the next phase', () => {
    const done = checkpoint(20, 0.9)
    const kept = addCheckpoint([done], { ...checkpoint(20), phase: 'fineTune' }, SPEC)
    assert.deepEqual(kept, [done])
  })

  it('include one from the middle of an epoch as the latest, never as the best', () => {
    assert.deepEqual(keptAfter([checkpoint(10, 0.5), checkpoint(15)]), [10, 15])
    assert.deepEqual(keptAfter([checkpoint(10, 0.5), checkpoint(15), checkpoint(20, 0.6)]), [20])
  })

  it('include the newest improvement of early stopping, which is the model whatever else is kept', () => {
    const improved = (step: number, accuracy: number) => ({
      ...checkpoint(step, accuracy),
      improved: true as const,
    })
    const stopped = [improved(10, 0.9), improved(20, 0.5), checkpoint(30, 0.6), checkpoint(35)]
    const spec = { checkpoint: { ...SPEC, keepBest: 0 } }
    const checkpoints = stopped.reduce<CheckpointRecord[]>(
      (kept, next) => addCheckpoint(kept, next, spec.checkpoint),
      [],
    )
    assert.deepEqual(
      checkpoints.map(({ step }) => step),
      [20, 30, 35],
    )
    assert.equal(findCheckpoint({ checkpoints, spec })?.step, 20)
    assert.equal(findCheckpoint({ checkpoints, spec }, 'latest')?.step, 30)
    assert.equal(findCheckpoint({ checkpoints, spec }, 2)?.step, 20)
    assert.equal(findCheckpoint({ checkpoints, spec }, 3)?.step, 30)
  })

  it('contain each step once, as it was last reported', () => {
    assert.deepEqual(keptAfter([checkpoint(10, 0.5), checkpoint(10, 0.6)]), [10])
  })
})
