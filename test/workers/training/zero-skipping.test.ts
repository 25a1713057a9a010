import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { renderReport } from '#interchange/report/report.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { comparable, runTraining, type TrainedEpochs } from '#test/support/run-training.ts'
import type { Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import type { Epoch } from '#workers/training/loop.ts'

await openEngine('native')

const convolution = {
  type: 'conv2d',
  kernelSize: 3,
  padding: 'same',
  activation: 'relu',
  kernelInitializer: 'fanInUniform',
  biasInitializer: 'zeros',
}

/** One epoch with this threshold prunes most of the second convolution, and less of the others. */
const REQUEST = {
  model: {
    topology: {
      inputShape: [28, 28, 1],
      layers: [
        { ...convolution, name: 'first', filters: 16 },
        { ...convolution, name: 'second', filters: 20 },
        { type: 'maxPooling2d', name: 'pool', poolSize: 4 },
        { type: 'flatten', name: 'flatten' },
        { type: 'dense', name: 'out', units: 10, activation: 'linear', kernelInitializer: 'glorotUniform' },
      ],
    },
  },
  dataset: { id: 'mnist' },
  loss: 'categoricalCrossentropy',
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.09, mu: 0.6 },
  validation: { fraction: 0.9 },
  batchSize: 100,
  epochs: 3,
}

describe('a training in which a layer becomes sparse', () => {
  const { spec } = resolveSpec(JobRequest.parse(REQUEST))
  let splits: Splits
  let undisturbed: TrainedEpochs

  before(async () => {
    const { training, validation } = await loadSplits(spec)
    splits = { training, validation: { ...validation, indices: validation.indices.subarray(0, 100) } }
    undisturbed = await runTraining(spec, splits)
  })

  const skipping = ({ metrics }: Epoch) =>
    metrics.layers.filter(({ skipsZeros }) => skipsZeros).map(({ name }) => name)

  it('leaves the zeros out of the products of that layer from the next epoch on, and reports it', () => {
    const [first] = undisturbed.epochs
    const { size, nonzero } = first!.metrics.layers.find(({ name }) => name === 'second/kernel')!
    assert.ok(nonzero < size / 4, `${nonzero} of ${size} weights are not zero after the first epoch`)
    assert.deepEqual(undisturbed.epochs.map(skipping), [[], ['second/kernel'], ['second/kernel']])
    const report = renderReport(
      spec,
      undisturbed.epochs.map(({ metrics }) => metrics),
    )
    assert.match(report, /multiplied without their zeros: second\/kernel from epoch 2 on/)
  })

  it('gives the same bits when it resumes from a checkpoint before or after that', async () => {
    for (const [completed, checkpoint] of undisturbed.checkpoints.slice(0, 2).entries()) {
      const resumed = await runTraining(spec, splits, { from: checkpoint })
      const expected = undisturbed.epochs.slice(completed + 1)
      assert.deepEqual(resumed.epochs.map(comparable), expected.map(comparable))
    }
  })

  it('gives the same bits when it resumes within an epoch in which the layer leaves out zeros', async () => {
    const { checkpoints } = await runTraining(spec, splits, { stopInEpoch: 2 })
    const checkpoint = checkpoints.at(-1)!
    assert.ok(checkpoint.partial!.step < 60, `interrupted after step ${checkpoint.partial!.step} of 60`)
    const resumed = await runTraining(spec, splits, { from: checkpoint })
    assert.deepEqual(resumed.epochs.map(comparable), undisturbed.epochs.slice(1).map(comparable))
  })
})
