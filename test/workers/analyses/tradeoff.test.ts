import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { JobRequest } from '#domain/training-spec.ts'
import type { Checkpoint } from '#formats/checkpoint.ts'
import { cutModel, cuttableModel } from '#formats/cut-model.ts'
import { modelAt } from '#formats/model-at.ts'
import { modelFromCheckpoint, type TrainedModel } from '#formats/trained-model.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Tradeoff, TradeoffPoint } from '#optimization/tradeoff.ts'
import { computeTradeoff, type TradeoffResult } from '#workers/analyses/tradeoff/compute-tradeoff.ts'
import type { Examples, Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { train } from '#workers/training/loop.ts'
import { prepareRun } from '#workers/training/prepare.ts'

await openEngine('native')

const NEVER = new AbortController().signal
const GRDA = { name: 'grda', learningRate: 0.1, c: 0.08, mu: 0.6 }
const networkOf = (...layers: object[]) => ({
  topology: { inputShape: [28, 28, 1], layers: [{ type: 'flatten', name: 'flatten' }, ...layers] },
})
const dense = (name: string, units: number, activation: string) => ({
  type: 'dense',
  name,
  units,
  activation,
  kernelInitializer: 'glorotUniform',
})
const normalization = (name: string) => ({ type: 'batchNormalization', name, momentum: 0.9, epsilon: 1e-3 })
const PLAIN = networkOf(dense('hidden', 32, 'relu'), dense('out', 10, 'linear'))
const NORMALISED = networkOf(
  { type: 'dropout', name: 'drop', rate: 0.5 },
  normalization('first'),
  dense('hidden', 16, 'relu'),
  normalization('second'),
  dense('out', 10, 'linear'),
)

interface Trained {
  model: TrainedModel
  checkpoint: Checkpoint
  metrics: EpochMetrics
  splits: Splits
}

/** Trains two epochs on few of the digits. */
async function trained(request: object): Promise<Trained> {
  const { spec } = resolveSpec(
    JobRequest.parse({ dataset: { id: 'mnist' }, optimizer: GRDA, batchSize: 100, epochs: 2, ...request }),
  )
  const { training, validation } = await loadSplits(spec)
  const splits = {
    training: { ...training, indices: training.indices.subarray(0, 2_050) },
    validation: { ...validation, indices: validation.indices.subarray(0, 500) },
  }
  let [checkpoint, metrics]: [Checkpoint?, EpochMetrics?] = []
  for await (const item of train(spec, splits, NEVER)) {
    if (item.type === 'epoch') metrics = item.metrics
    if (item.type === 'checkpoint') checkpoint = item.checkpoint
  }
  return { model: modelFromCheckpoint(spec, checkpoint!), checkpoint: checkpoint!, metrics: metrics!, splits }
}

async function tradeoffOf({ model, splits }: Trained, levels?: number[]): Promise<TradeoffResult> {
  return await computeTradeoff(model, splits, {
    levels,
    signal: NEVER,
    onProgress: () => Promise.resolve(),
  })
}

function curves({ points }: Tradeoff): Map<string, TradeoffPoint[]> {
  const found = new Map<string, TradeoffPoint[]>()
  for (const point of points) {
    const curve = `${point.rule} ${point.scope}`
    found.set(curve, [...(found.get(curve) ?? []), point])
  }
  return found
}

describe('the trade-off of a job with gRDA', () => {
  let job: Trained
  let tradeoff: Tradeoff
  before(async () => {
    job = await trained({ model: PLAIN })
    tradeoff = (await tradeoffOf(job, [0.937])).tradeoff
  })

  it('has three curves of at least 20 points with rising sparsity, the requested level and the round ones', () => {
    const found = curves(tradeoff)
    assert.deepEqual([...found.keys()], ['threshold global', 'magnitude global', 'magnitude layer'])
    for (const points of found.values()) {
      assert.ok(points.length >= 20)
      const sparsities = points.map(({ sparsity }) => sparsity)
      assert.deepEqual(sparsities, sparsities.toSorted())
      for (const level of [0.9, 0.937, 0.95, 0.99])
        assert.ok(
          sparsities.some(sparsity => sparsity >= level && sparsity < level + 1e-4),
          String(level),
        )
    }
    assert.ok(found.get('threshold global')![0]!.sparsity < job.metrics.sparsity)
  })

  it('contains the model as it was trained, with the metrics of its last epoch', async () => {
    const { bytes } = await encodeArtifact('model.sparse.safetensors', {
      spec: job.model.spec,
      series: [],
      checkpoint: job.checkpoint,
    })
    for (const points of curves(tradeoff).values()) {
      const own = points.find(point => point.own)!
      assert.equal(own.validationAccuracy, job.metrics.validationAccuracy)
      assert.equal(own.validationLoss, job.metrics.validationLoss)
      assert.equal(own.sparsity, job.metrics.sparsity)
      assert.equal(own.sizeBytes.sparse, bytes.length)
    }
  })

  it('tells the exact sizes of the files at its points, which say how they were cut', async () => {
    const { model, checkpoint } = job
    for (const points of curves(tradeoff).values()) {
      const point = points.findLast(({ own, sparsity }) => !own && sparsity < 0.98)!
      const { rule, scope, sparsity, nonzero } = point
      const record = { spec: model.spec, series: [], checkpoint, cut: { point } }
      const sizes = { sparse: 'model.sparse.safetensors', zst: 'model.sparse.safetensors.zst' } as const
      for (const [size, name] of Object.entries(sizes)) {
        const { bytes } = await encodeArtifact(name, record)
        assert.equal(bytes.length, point.sizeBytes[size as keyof typeof sizes], `${name} ${rule} ${scope}`)
      }
      assert.deepEqual(modelAt(model, { point }).cut, { rule, scope, sparsity, nonzero })
    }
  })

  it('marks the points that no other point beats in weights and accuracy', () => {
    const { points } = tradeoff
    for (const point of points) {
      const isBeaten = points.some(
        other =>
          other.nonzero <= point.nonzero &&
          other.validationAccuracy! >= point.validationAccuracy! &&
          (other.nonzero < point.nonzero || other.validationAccuracy! > point.validationAccuracy!),
      )
      assert.equal(point.pareto, !isBeaten)
    }
  })

  it('is the same when it is computed again, and leaves nothing on the device', async () => {
    const before = tf.memory().numTensors
    assert.deepEqual((await tradeoffOf(job, [0.937])).tradeoff, tradeoff)
    assert.equal(tf.memory().numTensors, before)
  })

  it('ends with the reason of its signal', async () => {
    const stopping = new AbortController()
    const progress: [number, number][] = []
    const computing = computeTradeoff(job.model, job.splits, {
      signal: stopping.signal,
      async onProgress(done, total) {
        progress.push([done, total])
        if (done === 3) stopping.abort(new Error('cancelled'))
      },
    })
    await assert.rejects(computing, /cancelled/)
    assert.deepEqual(
      progress.map(([done]) => done),
      [1, 2, 3],
    )
    assert.ok(progress.every(([, total]) => total >= 60))
  })
})

describe('a curve that reaches none of the round sparsities', () => {
  it('has the fewest and the most weights that its rule can leave, and 24 points', async () => {
    const job = await trained({
      model: PLAIN,
      optimizer: { ...GRDA, exclude: ['hidden', 'bias'] },
      epochs: 1,
    })
    const { tradeoff } = await tradeoffOf(job)
    for (const [name, points] of curves(tradeoff)) {
      const [rule, scope] = name.split(' ') as [TradeoffPoint['rule'], TradeoffPoint['scope']]
      const { nonzero: reachable } = cuttableModel(job.model, { rule, scope })
      assert.ok(reachable.min > 0.5 * tradeoff.parameters && reachable.max > reachable.min + 24)
      assert.ok(points.length >= 24, `${name}: ${points.length}`)
      const counts = points.map(({ nonzero }) => nonzero)
      assert.deepEqual([counts.at(-1), counts[0]], [reachable.min, reachable.max], name)
    }
  })

  it('has every count of a model that is sparser than all of them, and at least 24 of one that is almost', async () => {
    const { model, ...job } = await trained({ model: PLAIN, optimizer: { name: 'sgd', learningRate: 0.1 } })
    const curvesAt = async (sparsity: number) => {
      const cut = cutModel(model, { sparsity, rule: 'magnitude', scope: 'global' })
      const { tradeoff } = await tradeoffOf({ ...job, model: cut })
      return [...curves(tradeoff).values()].map(points => points.map(({ nonzero }) => nonzero))
    }
    const all = Array.from({ length: 15 }, (_, index) => 15 - index)
    assert.deepEqual(await curvesAt(0.9994), [all, all])
    // 30 weights: of the round sparsities, only that of 25 weights is higher.
    for (const counts of await curvesAt(0.9988)) assert.ok(counts.length >= 24, String(counts))
  })
})

describe('the trade-off of a job with another optimizer', () => {
  it('has no curve by threshold, and describes a loss without classes', async () => {
    const job = await trained({
      model: networkOf(dense('out', 1, 'linear')),
      optimizer: { name: 'sgd', learningRate: 0.001 },
      loss: 'meanSquaredError',
    })
    const { tradeoff, statistics } = await tradeoffOf(job)
    assert.deepEqual([...curves(tradeoff).keys()], ['magnitude global', 'magnitude layer'])
    assert.equal(statistics, undefined)
    assert.equal(tradeoff.recalibration, undefined)
    for (const { validationAccuracy, validationMeanAbsoluteError, validationLoss } of tradeoff.points) {
      assert.equal(validationAccuracy, undefined)
      assert.ok(validationMeanAbsoluteError! > 0 && validationLoss > 0)
    }
  })
})

describe('the trade-off of a network with batch normalizations', () => {
  let job: Trained
  let files: TradeoffResult
  before(async () => {
    job = await trained({ model: NORMALISED })
    const tensors = tf.memory().numTensors
    files = await tradeoffOf(job)
    assert.equal(tf.memory().numTensors, tensors)
  })

  it('averages the statistics over the examples of whole training batches, without dropouts', async () => {
    const { batches, batchSize } = files.tradeoff.recalibration!
    assert.deepEqual([batches, batchSize], [20, 100])
    const { model, splits } = job
    const run = prepareRun(model.spec, splits, NEVER)
    const evaluator = run.openEvaluator(model)
    const { statistics } = await evaluator.recalibrate(model)
    evaluator.end()
    const order: number[] = []
    for await (const { rows } of run.trainingBatches(1) as AsyncIterable<{ rows: Int32Array }>)
      order.push(...rows)
    const { x } = splits.training.examples as Examples
    const pixel = 28 * 14 + 14
    const values = order.slice(0, 2_000).map(row => x[784 * splits.training.indices[row]! + pixel]! / 255)
    const means = Array.from({ length: batches }, (_, batch) => {
      const part = values.slice(batch * batchSize, (batch + 1) * batchSize)
      const mean = part.reduce((sum, value) => sum + value, 0) / batchSize
      const squares = part.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      return { mean, variance: squares / (batchSize - 1) }
    })
    const average = (read: (moments: (typeof means)[number]) => number) =>
      means.reduce((sum, moments) => sum + read(moments), 0) / batches
    const at = (name: string) => statistics.find(tensor => tensor.name === name)!.data[pixel]!
    assert.ok(Math.abs(at('first/movingMean') - average(({ mean }) => mean)) < 1e-5)
    assert.ok(Math.abs(at('first/movingVariance') - average(({ variance }) => variance)) < 1e-5)
  })

  it('measures each cut with statistics that it keeps, and that fit better than those of the training', async () => {
    const { model, splits } = job
    const { tradeoff, statistics } = files
    const run = prepareRun(model.spec, splits, NEVER)
    const evaluator = run.openEvaluator(model)
    const point = tradeoff.points.find(({ rule, sparsity }) => rule === 'threshold' && sparsity > 0.9)!
    const [kept, old] = [modelAt(model, { point, statistics }), modelAt(model, { point })]
    assert.equal((await evaluator.evaluate(kept)).loss, point.validationLoss)
    assert.ok((await evaluator.evaluate(old)).loss > point.validationLoss)
    evaluator.end()
  })
})
