import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ProgressFrame } from '#domain/event.ts'
import { progressOf } from '#jobs/job-progress.ts'
import { newJob } from '#test/support/new-job.ts'

const STEPS = 469

it('the progress of a job counts the steps of a checkpoint that is later than the last frame', () => {
  const job = { ...newJob(), attempt: 1, status: 'paused' as const }
  const frame: ProgressFrame = {
    type: 'progress',
    jobId: job.id,
    attempt: 1,
    epoch: 4,
    step: 239,
    stepsPerEpoch: STEPS,
    loss: 1,
    examplesPerSecond: 1000,
  }
  const checkpoint = (step: number) => ({ epoch: 3, step, sizeBytes: 1, sha256: 'a'.repeat(64) })
  const stepOf = (...steps: number[]) => progressOf({ ...job, checkpoints: steps.map(checkpoint) }, frame)
  assert.equal(stepOf(1407).step, 1646)
  const later = stepOf(1407, 1754)
  assert.deepEqual([later.epoch, later.step], [3, 1754])
  assert.equal(later.fraction, 1754 / (later.epochs * STEPS))
})
