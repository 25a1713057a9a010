import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { compactModel } from '#formats/compact-model.ts'
import { cuttableModel } from '#formats/cut-model.ts'
import { countNonzero } from '#formats/cuttable-model.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeOptimizerState } from '#interchange/torch/write-optimizer-state.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { assertClose, predict } from '#test/support/predict.ts'
import { comparable, runTraining, type TrainedEpochs } from '#test/support/run-training.ts'
import type { Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

await openEngine('native')

const initial = { kernelInitializer: 'heNormal', biasInitializer: 'fanInUniform' }
const convolution = { type: 'conv2d', kernelSize: 3, padding: 'valid', activation: 'linear', ...initial }

const { spec } = resolveSpec(
  JobRequest.parse({
    model: {
      topology: {
        inputShape: [28, 28, 1],
        layers: [
          { ...convolution, name: 'first', filters: 8 },
          { type: 'activation', name: 'relu', activation: 'relu' },
          { type: 'maxPooling2d', name: 'pool', poolSize: 2 },
          { ...convolution, name: 'second', filters: 16, kernelSize: 5, kernelInitializer: 'fanInUniform' },
          { type: 'batchNormalization', name: 'norm', momentum: 0.9, epsilon: 1e-3 },
          { type: 'activation', name: 'relu2', activation: 'relu' },
          { type: 'maxPooling2d', name: 'pool2', poolSize: 2 },
          { type: 'flatten', name: 'flatten' },
          { type: 'dense', name: 'hidden', units: 32, activation: 'relu', ...initial },
          { type: 'dense', name: 'out', units: 10, activation: 'linear', ...initial },
        ],
      },
    },
    dataset: { id: 'mnist' },
    optimizer: {
      name: 'grda',
      learningRate: 0.1,
      c: 0.07,
      mu: 0.6,
      group: 'outputChannels',
      exclude: ['first'],
    },
    validation: { fraction: 0.9 },
    batchSize: 100,
    epochs: 3,
  }),
)

describe('a training whose threshold applies to whole output channels', () => {
  let splits: Splits
  let undisturbed: TrainedEpochs

  before(async () => {
    const { training, validation } = await loadSplits(spec)
    splits = { training, validation: { ...validation, indices: validation.indices.subarray(0, 1000) } }
    undisturbed = await runTraining(spec, splits)
  })

  it('learns while channels vanish with their bias, and with the gamma and beta of their normalization', () => {
    const { metrics, weights } = undisturbed.epochs.at(-1)!
    assert.ok(metrics.validationAccuracy! > 0.8, `accuracy ${metrics.validationAccuracy}`)
    const valuesOf = (name: string) => [...weights.find(weight => weight.name === name)!.data]
    for (const [layer, others] of [
      ['second', ['second/bias', 'norm/gamma', 'norm/beta']],
      ['hidden', ['hidden/bias']],
    ] as const) {
      const kernel = valuesOf(`${layer}/kernel`)
      const channels = valuesOf(`${layer}/bias`).length
      const dead = Array.from({ length: channels }, (_, channel) =>
        kernel.every((w, i) => i % channels !== channel || Object.is(w, 0)),
      )
      const count = dead.filter(Boolean).length
      assert.ok(count > 0 && count < channels, `${count} of ${channels} channels of ${layer} vanished`)
      for (const name of others)
        assert.deepEqual(
          valuesOf(name).map(w => Object.is(w, 0)),
          dead,
          name,
        )
      const row = metrics.layers.find(({ name }) => name === `${layer}/kernel`)!
      assert.equal(row.zeroChannels, count)
    }
    const withCounts = metrics.layers.filter(row => row.zeroChannels !== undefined).map(({ name }) => name)
    assert.deepEqual(withCounts, ['second/kernel', 'hidden/kernel'])
  })

  it('gives the same bits when it resumes from a checkpoint, between epochs and within one', async () => {
    const { checkpoints: within } = await runTraining(spec, splits, { stopInEpoch: 2 })
    const partial = within.at(-1)!
    assert.ok(partial.partial!.step < 60, `interrupted after step ${partial.partial!.step} of 60`)
    for (const checkpoint of [undisturbed.checkpoints[0]!, partial]) {
      const before = structuredClone(checkpoint)
      const resumed = await runTraining(spec, splits, { from: checkpoint })
      assert.deepEqual(checkpoint, before, 'the training changed the checkpoint that it continued from')
      assert.deepEqual(resumed.epochs.map(comparable), undisturbed.epochs.slice(1).map(comparable))
    }
  })

  it('leaves checkpoints without weights, which determine them to the bit', () => {
    for (const [index, checkpoint] of undisturbed.checkpoints.entries()) {
      assert.equal(checkpoint.state.variables.params, undefined)
      assert.deepEqual(modelFromCheckpoint(spec, checkpoint).weights, undisturbed.epochs[index]!.weights)
    }
  })

  it('is cut by a threshold for whole channels too', () => {
    const model = modelFromCheckpoint(spec, undisturbed.checkpoints.at(-1)!)
    const { nonzero, cut } = cuttableModel(model, { rule: 'threshold', scope: 'global' })
    for (const count of [nonzero.max, countNonzero(model.weights) + 500, 1000, nonzero.min]) {
      const { weights, dualAverage } = cut(count)
      const left = countNonzero(weights)
      assert.ok(left <= count && left > count - 7000, `${left} for ${count}`)
      assert.deepEqual(cut(left).weights, weights, 'the number of weights that are left names the same cut')
      const [kernel, bias] = ['hidden/kernel', 'hidden/bias'].map(
        name => weights.find(weight => weight.name === name)!.data,
      )
      for (const [unit, b] of bias!.entries())
        assert.ok(kernel!.every((w, i) => i % 32 !== unit || (w === 0) === (b === 0)))
      assert.equal(dualAverage!.shrinkage!.length, 2)
    }
  })

  it('is a smaller dense network with the same predictions', () => {
    const model = modelFromCheckpoint(spec, undisturbed.checkpoints.at(-1)!)
    const compact = compactModel(model)
    const { layers } = undisturbed.epochs.at(-1)!.metrics
    for (const { name, zeroChannels = 0 } of layers.filter(row => row.zeroChannels !== undefined)) {
      const removed = compact.removed.find(({ layer }) => layer === name.split('/')[0])!.removed.length
      assert.ok(removed >= zeroChannels && zeroChannels > 0, `${removed} of ${zeroChannels} in ${name}`)
    }
    const inputs = Float32Array.from({ length: 4 * 28 * 28 }, (_, i) => Math.sin(i))
    assertClose(predict(compact, inputs, 4), predict(model, inputs, 4))
  })

  it('has no state in the format of the original gRDA', () => {
    const model = modelFromCheckpoint(spec, undisturbed.checkpoints.at(-1)!)
    assert.throws(() => encodeOptimizerState(model), /the state of the original gRDA, which has no groups/)
  })
})
