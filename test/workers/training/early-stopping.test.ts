import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { performTraining } from '#test/support/perform-training.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import type { TrainingTask } from '#workers/runner/runner-protocol.ts'

const engine = await openEngine('native')

/** No epoch is better than the first by 100. */
const RULE = { metric: 'validationLoss', patience: 2, minDelta: 100 }
const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.02, mu: 0.6 },
  validation: { fraction: 0.9 },
  batchSize: 512,
  epochs: 4,
  checkpoint: { everyEpochs: 100 },
}

describe('a training with early stopping', () => {
  let scratch: string
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  })
  after(() => rm(scratch, { recursive: true }))

  /** Runs a task as a runner does, in a folder that nobody clears. */
  async function run(earlyStopping: object, start: Partial<TrainingTask> = {}) {
    const { model, series, checkpoints, artifacts, done } = await performTraining(
      engine,
      { ...JOB, earlyStopping },
      { scratch, ...start },
    )
    return {
      model,
      series,
      checkpoints: checkpoints.map(({ epoch, isBest, isLast }) => [epoch, isBest, isLast]),
      files: artifacts.map(({ name, epoch }) => [name, epoch]),
      end: [done?.reason, done?.modelEpoch],
    }
  }

  it('leaves checkpoints of its best and its last epoch, and the model of the best', async () => {
    const { series, checkpoints, files, end } = await run(RULE)
    assert.deepEqual(
      series.map(({ epoch }) => epoch),
      [1, 2, 3],
    )
    assert.deepEqual(checkpoints, [
      [1, true, false],
      [3, false, true],
    ])
    assert.deepEqual(files, [
      ['model.sparse.safetensors', 1],
      ['metrics.csv', 3],
    ])
    assert.deepEqual(end, ['early_stopped', 1])
  })

  it('trains no further if it was interrupted after its last epoch, and makes the same files', async () => {
    const undisturbed = await run(RULE)
    const [best, last] = [undisturbed.series[0]!, undisturbed.series[2]!].map(({ step }) =>
      join(scratch, `checkpoint-${step}.safetensors`),
    )
    const again = await run(RULE, { from: last!, best: best!, series: undisturbed.series })
    assert.deepEqual([again.series, again.checkpoints], [[], []])
    assert.deepEqual([again.files, again.end], [undisturbed.files, undisturbed.end])
    assert.deepEqual(again.model, undisturbed.model)
  })

  it('restores its best epoch if it trains all epochs, too', async () => {
    const { series, end } = await run({ ...RULE, patience: 100 })
    assert.deepEqual([series.length, end], [4, ['finished', 1]])
  })

  it('keeps the model of its last epoch without restoreBest', async () => {
    const { checkpoints, files, end } = await run({ ...RULE, restoreBest: false })
    assert.deepEqual(checkpoints, [[3, false, true]])
    assert.deepEqual(
      [files[0], end],
      [
        ['model.sparse.safetensors', 3],
        ['early_stopped', 3],
      ],
    )
  })
})
