import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { ConnectivityResult } from '#analyses/connectivity.ts'
import { JobRequest } from '#domain/training-spec.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { analysisOf, denseLayer, modelOf, problemOf, restored } from '#test/support/analysed-models.ts'
import { connectivity } from '#workers/analyses/connectivity/connectivity.ts'
import { curveRun, straightBend, trainBend } from '#workers/analyses/connectivity/train-bend.ts'
import { SurfaceMeter } from '#workers/analyses/surface/surface-meter.ts'
import { combine } from '#workers/analyses/surface/vectors.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { bezierWeights } from '#workers/optimizers/bezier.ts'
import { evaluateModel } from '#workers/training/evaluate-model.ts'

await openEngine('native')

const { signal } = new AbortController()

describe('the curve between two minima of (w1 w2 - 1)^2, which the hyperbola w1 w2 = 1 joins', () => {
  const { spec, splits } = problemOf({
    layers: [denseLayer('first', 1), denseLayer('second', 1)],
    loss: 'meanSquaredError',
    x: [[1], [-1]],
    y: [[1], [-1]],
  })
  const ends = [modelOf(spec, [[2], [0.5]]), modelOf(spec, [[0.5], [2]])] as const
  const lossAt = (theta: number, t: number) => {
    const { first, bend, last } = bezierWeights(t)
    const [w1, w2] = [2 * first + theta * bend + 0.5 * last, 0.5 * first + theta * bend + 2 * last]
    return (w1 * w2 - 1) ** 2
  }
  const positions = Array.from({ length: 2001 }, (_, index) => index / 2000)
  const meanLoss = (theta: number) =>
    positions.reduce((sum, t) => sum + lossAt(theta, t), 0) / positions.length
  const candidates = Array.from({ length: 2001 }, (_, index) => 0.5 + index / 4000)
  const best = candidates.reduce((a, b) => (meanLoss(b) < meanLoss(a) ? b : a))

  it('has the bend of the least mean loss over t, and almost no barrier', async () => {
    const options = { epochs: 8000, learningRate: 0.02, points: 21 }
    const run = curveRun(spec, splits, options, signal)
    let bend = straightBend(ends)
    for await (const { step, read } of trainBend(run, ends, bend)) if (step === 8000) bend = read()
    const [w1, w2] = bend.weights.map(({ data }) => data[0]!)
    assert.ok(Math.abs(w1! - best) < 0.02 && Math.abs(w2! - best) < 0.02, `${w1} ${w2} instead of ${best}`)
    const meter = new SurfaceMeter(spec, splits, ends[0], { signal })
    const measure = async (t: number) => {
      const { first, bend: middle, last } = bezierWeights(t)
      const weights = combine([ends[0].weights, bend.weights, ends[1].weights], [first, middle, last])
      return (await meter.measure({ weights, statistics: [] })).trainLoss!
    }
    for (const t of [0, 0.25, 0.5, 1]) assert.ok(Math.abs((await measure(t)) - lossAt(w1!, t)) < 1e-4)
    assert.ok((await measure(0.5)) < 0.02, 'the straight line has 0.316 there')
    meter.end()
  })
})

const JOB = {
  dataset: { id: 'mnist' },
  model: {
    topology: {
      inputShape: [28, 28, 1],
      layers: [
        { type: 'flatten', name: 'flatten' },
        { type: 'dropout', name: 'drop', rate: 0.2 },
        denseLayer('hidden', 8, 'linear', true),
        { type: 'batchNormalization', name: 'normalised', momentum: 0.9, epsilon: 1e-3 },
        denseLayer('out', 10, 'linear', true),
      ],
    },
  },
  optimizer: { name: 'sgd', learningRate: 0.1 },
  validation: { fraction: 0.9 },
  batchSize: 1000,
  epochs: 2,
}

describe('an analysis of connectivity', () => {
  const { spec } = resolveSpec(JobRequest.parse(JOB))
  const models: TrainedModel[] = [modelOf(spec), modelOf(spec, undefined, 2)]
  const options = { epochs: 2, learningRate: 0.1, points: 3, examples: 2000 }
  const decode = ({ files }: Awaited<ReturnType<typeof connectivity>>) =>
    JSON.parse(files['connectivity.json'] as string) as ConnectivityResult
  let output: Awaited<ReturnType<typeof connectivity>>
  let states: Uint8Array[]
  let progress: [number, number][]
  before(async () => {
    const analysis = analysisOf(models, options)
    output = await connectivity(analysis.input)
    states = analysis.states
    progress = analysis.progress
  })

  it('ends at the models, with statistics recomputed, and lowers the loss in between', async () => {
    const { points, examples, recalibration, distances, step } = decode(output)
    assert.deepEqual(
      points.map(({ t }) => t),
      [0, 0.5, 1],
    )
    assert.deepEqual(examples, { training: 2000, validation: 54_000 })
    assert.deepEqual(recalibration, { batches: 4, batchSize: 1000 })
    assert.equal(step, 12)
    const splits = await loadSplits(spec)
    const meter = new SurfaceMeter(spec, splits, models[0]!, { examples: 2000, signal })
    for (const [index, model] of models.entries()) {
      const { t: _, ...scores } = points[2 * index]!
      assert.deepEqual(scores, await meter.measure(model))
    }
    meter.end()
    const plain = await evaluateModel(models[0]!, splits.validation, signal, () => {})
    assert.notEqual(points[0]!.validationLoss, plain.loss)
    const straight = straightBend([models[0]!, models[1]!])
    assert.ok(points[1]!.trainLoss! < points[0]!.trainLoss!)
    assert.equal(straight.weights.length, models[0]!.weights.length)
    assert.ok(Math.abs(distances.ends / 2 - distances.firstToBend) < distances.ends)
  })

  it('reports work that ascends to the total', () => {
    const done = progress.map(([units]) => units)
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    )
    assert.equal(done.at(-1), progress.at(-1)![1])
  })

  it('continues from any state that it has saved, to the same bits', async () => {
    assert.ok(states.length >= 6)
    for (const state of [states[0]!, states[5]!, states.at(-1)!]) {
      const { input } = analysisOf(models, options, { saved: restored(state) })
      assert.deepEqual(await connectivity(input), output)
    }
  })
})
