import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { planJob } from '#jobs/plan-job.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { parameterCount } from '#network/variables.ts'

const plan = (request: JobRequest) => planJob(resolveSpec(request).spec)

describe('the plan of a dry run', () => {
  it('counts the parameters that the original experiments had', () => {
    const counts = Object.entries(PRESET_TOPOLOGIES).map(([name, topology]) => [
      name,
      parameterCount(topology),
    ])
    assert.deepEqual(Object.fromEntries(counts), {
      'mnist-mlp': 407_050,
      'mnist-lenet': 431_080,
      'cifar10-cnn': 1_250_858,
      vgg16: 15_245_130,
      'wrn-28-10': 36_489_290,
      resnet50: 25_557_032,
    })
  })

  it('counts those for CIFAR-100 with 100 classes', () => {
    assert.equal(parameterCount(topologyOf({ preset: 'wrn-28-10', classes: 100 })), 36_546_980)
    assert.equal(
      plan({ model: { preset: 'vgg16', classes: 100 }, dataset: { id: 'cifar100' } }).parameters,
      15_291_300,
    )
    const outputs = { preset: 'vgg16' } as const
    assert.throws(
      () => plan({ model: outputs, dataset: { id: 'cifar100' } }),
      error => {
        assert.ok(error instanceof AppError)
        assert.deepEqual(error.mistakes, [
          { path: 'model.classes', message: 'is 10, but cifar100 has 100 classes' },
        ])
        return true
      },
    )
  })

  it('follows the original LeNet schedule: a tenth at epochs 3, 6 and 9, the threshold never falling', () => {
    const { epochs, stepsPerEpoch } = plan({ model: { preset: 'mnist-lenet' } })
    assert.equal(stepsPerEpoch, 938)
    const rates = epochs.map(({ learningRate }) => Number(learningRate.toPrecision(12)))
    assert.deepEqual(rates, [0.01, 0.01, 1e-3, 1e-3, 1e-3, 1e-4, 1e-4, 1e-4, 1e-5, 1e-5])
    const thresholds = epochs.map(({ threshold }) => threshold!)
    assert.ok(thresholds.every((threshold, index) => index === 0 || threshold > thresholds[index - 1]!))
    assert.ok(Math.abs(thresholds[0]! - 0.1 * 0.01 * Math.sqrt(938)) < 1e-12)
  })

  it('grows the threshold with every rate of an epoch, even if the first and the last rate are equal', () => {
    const peak = (height: number) =>
      plan({
        model: { preset: 'mnist-mlp' },
        optimizer: { name: 'grda', learningRate: 0.005, c: 0.02, mu: 0.5, exclude: [], clock: 'steps' },
        epochs: 1,
        schedule: {
          name: 'piecewiseLinear',
          points: [
            [0.1, 1],
            [0.5, height],
            [0.9, 1],
          ],
          per: 'step',
        },
      }).epochs[0]!
    assert.equal(peak(1).learningRate, peak(3).learningRate)
    assert.ok(peak(3).threshold! > 1.3 * peak(1).threshold!)
  })

  it('computes the share of uniform initial weights below the threshold', () => {
    const { epochs } = plan({
      model: { preset: 'mnist-mlp' },
      optimizer: { name: 'grda', learningRate: 0.005, c: 0.02, mu: 0.7, exclude: [], clock: 'steps' },
    })
    const l1 = epochs[0]!.threshold!
    const limits = [Math.sqrt(6 / (784 + 512)), Math.sqrt(6 / (512 + 10))] as const
    const expected = ((784 * 512 * l1) / limits[0] + (512 * 10 * l1) / limits[1] + 522) / 407_050
    assert.ok(Math.abs(epochs[0]!.initialSparsity! - expected) < 0.002)
  })

  it('leaves excluded biases out of that share unless they start at zero', () => {
    const optimizer = { name: 'grda', learningRate: 0.01, c: 0.1, mu: 0.5, clock: 'steps' } as const
    const all = plan({ model: { preset: 'mnist-lenet' }, optimizer: { ...optimizer, exclude: [] } })
    const weights = plan({ model: { preset: 'mnist-lenet' }, optimizer: { ...optimizer, exclude: ['bias'] } })
    const lost = all.epochs[9]!.initialSparsity! - weights.epochs[9]!.initialSparsity!
    assert.ok(lost > 0 && lost <= 580 / 431_080)
  })

  it('computes the same threshold with either clock while the learning rate is constant', () => {
    const at = (clock: 'steps' | 'time') =>
      plan({
        model: { preset: 'mnist-mlp' },
        optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6, exclude: [], clock },
      }).epochs[20]!.threshold!
    assert.ok(Math.abs(at('steps') / at('time') - 1) < 1e-12)
  })

  it('trains fewer examples when a fraction is held out', () => {
    const { trainingExamples, stepsPerEpoch } = plan({
      model: { preset: 'mnist-mlp' },
      validation: { fraction: 0.1 },
    })
    assert.deepEqual([trainingExamples, stepsPerEpoch], [54_000, 422])
  })

  it('stays small and quick for a job of absurd length', () => {
    const { epochs } = plan({
      model: { preset: 'mnist-mlp' },
      epochs: 100_000,
      batchSize: 1,
      schedule: { name: 'step', every: 1, factor: 0.999999, per: 'step' },
    })
    assert.ok(epochs.length < 1001)
  })
})
