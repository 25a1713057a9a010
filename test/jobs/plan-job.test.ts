import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { topologyOf } from '#domain/topology-of.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
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

describe('the plan of a job that cuts its weights', () => {
  const grda = (c: number) => ({ name: 'grda', learningRate: 0.3, c, mu: 0.6 })
  const sgd = { name: 'sgd', learningRate: 0.1 }
  const planOf = (change: object) =>
    plan(JobRequest.parse({ model: { preset: 'mnist-mlp' }, optimizer: sgd, epochs: 10, ...change }))
  const lastOf = (change: object) => planOf(change).epochs.at(-1)!

  it('never forecasts a file above that of the network without zeros', () => {
    const dense = planOf({}).forecastArtifactBytes!
    for (const change of [
      { finish: { prune: { sizeBytes: 9_000_000 } } },
      { finish: { prune: { sizeBytes: 9_000_000 }, fineTune: { epochs: 1 } } },
      { optimizer: grda(0.002), target: { sizeBytes: 9_000_000 } },
    ]) {
      const { forecastArtifactBytes, epochs } = planOf(change)
      assert.ok(forecastArtifactBytes! <= dense + 1000, JSON.stringify(change))
      assert.equal(epochs.at(-1)!.forecastSparsity, 0)
    }
  })

  it('forecasts the size that a cut is for, and its sparsity, with an error', () => {
    // Measured: 94 % zeros have 124,566 bytes, and 96 % have 84,419.
    for (const [sizeBytes, sparsity] of [
      [124_566, 0.94],
      [84_419, 0.96],
    ] as const) {
      const { forecastArtifactBytes, epochs } = planOf({ finish: { prune: { sizeBytes } } })
      const { forecastSparsity, forecastError, forecastBasis } = epochs.at(-1)!
      assert.ok(forecastArtifactBytes! <= sizeBytes && forecastArtifactBytes! > sizeBytes - 100)
      assert.ok(Math.abs(forecastSparsity! - sparsity) < forecastError!)
      assert.equal(forecastBasis, 'cut')
    }
  })

  it('knows that a cut by magnitude brings no weights back, and that a threshold and a target do', () => {
    const trained = { optimizer: grda(0.00015), epochs: 1 }
    const { forecastSparsity: own, forecastBasis } = lastOf(trained)
    assert.ok(own! > 0.01 && forecastBasis === 'initialWeights')
    const after = (prune: object) => lastOf({ ...trained, finish: { prune } })
    assert.deepEqual(
      [after({ sparsity: 0.005 }).forecastSparsity, after({ sparsity: 0.005 }).forecastBasis],
      [own, 'initialWeights'],
    )
    assert.deepEqual(
      [after({ sparsity: 0.5 }).forecastSparsity, after({ sparsity: 0.5 }).forecastError],
      [0.5, 0],
    )
    assert.equal(after({ sparsity: 0.005, rule: 'threshold' }).forecastSparsity, 0.005)
    assert.equal(lastOf({ ...trained, target: { sparsity: 0.005 } }).forecastSparsity, 0.005)
  })

  it('says nothing about a cut by magnitude that the training itself may exceed', () => {
    const after = (sparsity: number) =>
      lastOf({ optimizer: grda(0.002), finish: { prune: { sparsity } } }).forecastSparsity
    assert.equal(after(0.1), undefined)
    assert.equal(after(0.9), undefined)
    // Trained: 88.4 %.
    assert.equal(after(0.98), 0.98)
  })

  it('says nothing about fine-tuning that prunes further', () => {
    const after = (optimizer: object) =>
      lastOf({ finish: { prune: { sparsity: 0.9 }, fineTune: { epochs: 2, optimizer } } }).forecastSparsity
    assert.deepEqual([after(sgd), after(grda(0.002))], [0.9, undefined])
  })

  it('recommends a scale for a target of a size too', () => {
    const of = (target: object) => planOf({ optimizer: grda(0.002), target })
    const { forecastArtifactBytes, recommendation } = of({ sparsity: 0.95 })
    const bySize = of({ sizeBytes: forecastArtifactBytes }).recommendation!
    assert.ok(Math.abs(recommendation!.sparsity - 0.95 ** 3) < 1e-9)
    assert.ok(Math.abs(bySize.sparsity - recommendation!.sparsity) < 0.001)
    assert.equal(bySize.c, recommendation!.c)
  })
})

describe('the plan of a job that starts from a checkpoint', () => {
  const SIZES = { 'dense_1/kernel': 401_408, 'dense_1/bias': 512, 'dense_2/kernel': 5120, 'dense_2/bias': 10 }
  const L1 = 0.05
  const source = resolveSpec({ model: { preset: 'mnist-mlp' } }).spec
  /** Values of the accumulator from -0.2 to 0.2: 25 % of the weights are zero. */
  const accumulator = Object.entries(SIZES).map(([name, size]) => {
    const data = Float32Array.from({ length: size }, (_, index) => 0.4 * ((index + 0.5) / size) - 0.2)
    return { name, shape: [size], dtype: 'F32' as const, data }
  })
  const clock = { step: 4690, l1: L1 }
  const initFile = encodeCheckpoint(
    { state: { clock, variables: { accumulator } }, weights: '', epoch: 10 },
    { training: trainingText(source), engine: '' },
  )
  const planFrom = (optimizerState: boolean, change: object = {}, prune?: object) => {
    const optimizer = { name: 'grda', learningRate: 0.3, c: 0.0002, mu: 0.6 }
    const from = { jobId: 'job_1', optimizerState, ...(prune && { prune }) }
    const body = { model: { preset: 'mnist-mlp' }, optimizer, epochs: 5, init: from, ...change }
    const request = JobRequest.parse(body)
    const init = { ...request.init!, epoch: 10, sha256: 'a'.repeat(64), clock }
    return planJob({ ...resolveSpec(request).spec, init }, { initFile })
  }

  it('counts the weights of the checkpoint within the threshold', () => {
    for (const { threshold, initialSparsity } of planFrom(false).epochs)
      assert.ok(Math.abs(initialSparsity! - (L1 + threshold!) / 0.2) < 0.005)
  })

  it('counts the values of the accumulator with the state of the optimizer, whose threshold continues', () => {
    const { epochs } = planFrom(true)
    assert.ok(epochs[0]!.threshold! > L1)
    for (const { threshold, initialSparsity } of epochs)
      assert.ok(Math.abs(initialSparsity! - threshold! / 0.2) < 0.005)
  })

  it('forecasts that a part of the weights that the threshold newly covers becomes zero, until it covers too many', () => {
    const { epochs } = planFrom(false)
    const [first] = epochs
    assert.ok(first!.forecastSparsity! > 0.25 && first!.forecastSparsity! < first!.initialSparsity!)
    assert.ok(first!.forecastError! >= 0.003)
    const far = planFrom(false, { optimizer: { name: 'grda', learningRate: 0.3, c: 0.01, mu: 0.6 } })
    assert.equal(far.epochs[0]!.forecastSparsity, undefined)
    assert.ok(far.initialWeightsHoldSteps! < far.stepsPerEpoch)
  })

  it('knows the sparsity of a job that trains the support with another optimizer, and not of one without a mask', () => {
    const optimizer = { name: 'sgd', learningRate: 0.1 }
    const [epoch] = planFrom(false, { optimizer, mask: 'support' }).epochs
    assert.ok(Math.abs(epoch!.forecastSparsity! - 0.25) < 0.005)
    const plain = planFrom(false, { optimizer })
    assert.deepEqual([plain.epochs[0]!.forecastSparsity, plain.forecastArtifactBytes], [undefined, undefined])
  })

  it('cuts the weights of the checkpoint first if the job does', () => {
    const support = { optimizer: { name: 'sgd', learningRate: 0.1 }, mask: 'support' }
    for (const [prune, sparsity] of [
      [{ sparsity: 0.9 }, 0.9],
      [{ sparsity: 0.1 }, 0.25],
      [{ sparsity: 0.1, rule: 'threshold' }, 0.1],
      [{ sparsity: 0.9, rule: 'threshold' }, 0.9],
      [{ sparsity: 0.9, scope: 'layer' }, 0.9],
      [{ sizeBytes: 205_500 }, 0.9],
    ] as const) {
      const { epochs, forecastArtifactBytes } = planFrom(false, support, prune)
      const name = JSON.stringify(prune)
      assert.ok(
        Math.abs(epochs[0]!.forecastSparsity! - sparsity) < (sparsity === 0.25 ? 0.005 : 0.0003),
        name,
      )
      if (sparsity === 0.9) assert.ok(Math.abs(forecastArtifactBytes! - 205_500) < 2000, name)
    }
  })

  it('grows a threshold over the weights that the cut leaves', () => {
    const { epochs } = planFrom(false, { epochs: 1 }, { sparsity: 0.9 })
    assert.ok(Math.abs(epochs[0]!.initialSparsity! - 0.9) < 1e-4)
    assert.ok(Math.abs(epochs[0]!.forecastSparsity! - 0.9) < 1e-4)
    const byThreshold = planFrom(false, { epochs: 1 }, { sparsity: 0.9, rule: 'threshold' }).epochs[0]!
    assert.ok(Math.abs(byThreshold.initialSparsity! - (0.9 + byThreshold.threshold! / 0.2)) < 0.005)
  })
})
