import assert from 'node:assert/strict'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { performTraining } from '#test/support/perform-training.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import type { TrainingTask } from '#workers/runner/runner-protocol.ts'

const engine = await openEngine('native')

const PARAMETERS = 407_050
const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.01, mu: 0.6 },
  validation: { fraction: 0.9 },
  batchSize: 512,
  epochs: 3,
  checkpoint: { keepLatest: 100 },
}
const TUNED = { finish: { prune: { sparsity: 0.97 }, fineTune: { epochs: 2 } } }

const nonzeroOf = ({ layers }: EpochMetrics) => layers.reduce((sum, { nonzero }) => sum + nonzero, 0)

type Point = { rule: string; scope: string; nonzero: number }

describe('a job with several phases', () => {
  let scratch: string
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  })
  after(() => rm(scratch, { recursive: true }))

  /** Runs a task as a runner does, in a folder that nobody clears. */
  async function run(fields: object, start: Partial<TrainingTask> = {}) {
    const { model: file, ...rest } = await performTraining(
      engine,
      { ...JOB, ...fields },
      { scratch, ...start },
    )
    const values = decodeSparseSafetensors(file).tensors.flatMap(({ data }) => [...(data as Float32Array)])
    const nonzero = values.filter(w => w !== 0).length
    return { file, nonzero, hasMinusZero: values.some(w => Object.is(w, -0)), ...rest }
  }
  const pathOf = ({ name }: { name: string }) => join(scratch, name)
  const phases = (series: readonly EpochMetrics[]) => series.map(({ epoch, phase }) => [epoch, phase])
  const comparable = (series: readonly EpochMetrics[]) =>
    series.map(({ seconds: _, examplesPerSecond: __, ...metrics }) => metrics)

  it('cuts the weights to an exact sparsity and trains those that are left', async () => {
    const { series, nonzero, hasMinusZero, done } = await run(TUNED)
    assert.deepEqual(phases(series), [
      [1, 'train'],
      [2, 'train'],
      [3, 'train'],
      [4, 'fineTune'],
      [5, 'fineTune'],
    ])
    assert.deepEqual(new Set(series.map(({ epochs }) => epochs)), new Set([5]))
    assert.deepEqual(
      series.map(({ step }) => step / series[0]!.step),
      [1, 2, 3, 4, 5],
    )
    const left = Math.floor(PARAMETERS * 0.03)
    assert.equal(nonzero, left)
    assert.equal(hasMinusZero, false)
    for (const { sparsity } of series.slice(3)) assert.equal(sparsity, 1 - left / PARAMETERS)
    assert.equal(series[3]!.regrown, 0)
    assert.ok(series[4]!.validationLoss < series[3]!.validationLoss)
    assert.deepEqual([done?.reason, done?.modelEpoch], ['finished', 5])
  })

  it('resumes from each of its checkpoints to the same bits', async () => {
    const undisturbed = await run(TUNED)
    assert.deepEqual(
      undisturbed.checkpoints.map(({ epoch, phase }) => [epoch, phase]),
      [
        [1, undefined],
        [2, undefined],
        [3, undefined],
        [4, 'fineTune'],
        [5, 'fineTune'],
      ],
    )
    for (const checkpoint of undisturbed.checkpoints) {
      const { epoch } = checkpoint
      const from = join(scratch, `from-${epoch}.safetensors`)
      await copyFile(pathOf(checkpoint), from)
      const again = await run(TUNED, { from, series: undisturbed.series })
      assert.deepEqual(comparable(again.series), comparable(undisturbed.series.slice(epoch)))
      assert.deepEqual(again.file, undisturbed.file)
    }
  })

  it('trains only the support of the weights that it starts from, with any optimizer', async () => {
    const { checkpoints } = await run({})
    const file = join(scratch, 'init.safetensors')
    await copyFile(pathOf(checkpoints.at(-1)!), file)
    const init = {
      jobId: 'job_dense',
      optimizerState: false,
      prune: { sparsity: 0.97, rule: 'magnitude', scope: 'global' },
    }
    for (const optimizer of [
      { name: 'adam', learningRate: 0.001 },
      { ...JOB.optimizer, c: 0 },
    ]) {
      const masked = await run({ optimizer, epochs: 2, init, mask: 'support' }, { init: file })
      assert.equal(masked.nonzero, Math.floor(PARAMETERS * 0.03))
      assert.equal(masked.hasMinusZero, false)
      const free = await run({ optimizer, epochs: 1, init }, { init: file })
      assert.ok(free.nonzero > masked.nonzero)
    }
    const optimizer = { name: 'rmsprop', learningRate: 0.001, rho: 0.95, momentum: 0.1, epsilon: 0.001 }
    const prune = { sizeBytes: 60_000, rule: 'magnitude', scope: 'global' }
    const sized = await run(
      { optimizer, epochs: 1, init: { ...init, prune }, mask: 'support' },
      { init: file },
    )
    assert.ok(sized.file.length <= 60_000 && sized.file.length > 59_900, `${sized.file.length} bytes`)
  })

  it('measures the cut weights in its last epoch if no training follows', async () => {
    for (const optimizer of [JOB.optimizer, { name: 'adam', learningRate: 0.001 }]) {
      const { series, nonzero, checkpoints } = await run({
        optimizer,
        finish: { prune: { sparsity: 0.9 } },
      })
      assert.equal(nonzero, Math.floor(PARAMETERS * 0.1))
      assert.equal(series.length, 3)
      assert.equal(series[2]!.sparsity, 1 - nonzero / PARAMETERS)
      assert.equal(checkpoints.at(-1)?.phase, 'prune')
    }
  })

  it('measures a cut network with batch normalization as its trade-off does', async () => {
    const kernel = { kernelInitializer: 'glorotUniform', biasInitializer: 'zeros' }
    const topology = {
      inputShape: [28, 28, 1],
      layers: [
        { type: 'flatten', name: 'flatten' },
        { type: 'dense', name: 'hidden', units: 32, activation: 'linear', ...kernel },
        { type: 'batchNormalization', name: 'norm', momentum: 0.9, epsilon: 0.001 },
        { type: 'dense', name: 'out', units: 10, activation: 'linear', ...kernel },
      ],
    }
    const job = { model: { topology }, dataset: { id: 'mnist' } }
    const pruned = await run({ ...job, finish: { prune: { sparsity: 0.8 } } })
    await run({ ...job, finish: { tradeoff: true } })
    const { points } = JSON.parse(await readFile(join(scratch, 'tradeoff.json'), 'utf8'))
    const point = points.find(
      ({ rule, scope, nonzero }: Point) =>
        rule === 'magnitude' && scope === 'global' && nonzero === nonzeroOf(pruned.series.at(-1)!),
    )
    const { validationAccuracy, validationLoss } = pruned.series.at(-1)!
    assert.deepEqual([point.validationAccuracy, point.validationLoss], [validationAccuracy, validationLoss])
  })

  it('starts its fine-tuning from the best epoch of a training with early stopping', async () => {
    const earlyStopping = { metric: 'validationLoss', patience: 1, minDelta: 100 }
    const { series, done, checkpoints } = await run({ ...TUNED, epochs: 9, earlyStopping })
    assert.deepEqual(phases(series), [
      [1, 'train'],
      [2, 'train'],
      [3, 'fineTune'],
      [4, 'fineTune'],
    ])
    assert.equal(series.at(-1)!.epochs, 4)
    assert.deepEqual([done?.reason, done?.modelEpoch], ['early_stopped', 4])
    assert.deepEqual(
      checkpoints.map(({ isBest }) => isBest),
      [true, false, false, true],
    )
  })

  it('meets a target for the sparsity or the size of its model', async () => {
    const optimizer = { name: 'grda', learningRate: 0.1, mu: 0.6 }
    for (const sparsity of [0.8, 0.98]) {
      const { nonzero, series } = await run({ optimizer, epochs: 4, target: { sparsity } })
      assert.equal(nonzero, Math.floor(PARAMETERS * (1 - sparsity) + 1e-6))
      assert.deepEqual([series.length, series.at(-1)!.phase], [4, 'fineTune'])
      assert.ok(series[0]!.c! > 0)
    }
    const { file } = await run({ optimizer, epochs: 4, target: { sizeBytes: 100_000 } })
    assert.ok(file.length <= 100_000 && file.length > 99_900, `${file.length} bytes`)
  })

  it('with a target resumes to the same bits', async () => {
    const fields = {
      optimizer: { name: 'grda', learningRate: 0.1, mu: 0.6 },
      epochs: 5,
      target: { sparsity: 0.95 },
    }
    const undisturbed = await run(fields)
    for (const checkpoint of undisturbed.checkpoints.slice(0, 3)) {
      const from = join(scratch, 'from.safetensors')
      await copyFile(pathOf(checkpoint), from)
      const again = await run(fields, { from, series: undisturbed.series })
      assert.deepEqual(comparable(again.series), comparable(undisturbed.series.slice(checkpoint.epoch)))
      assert.deepEqual(again.file, undisturbed.file)
    }
  })
})
