import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrainedModel } from '#formats/trained-model.ts'
import { randomStream } from '#network/random.ts'
import { analysisOf, denseLayer, modelOf, problemOf, restored } from '#test/support/analysed-models.ts'
import { dotFlat, flatten, normFlat, unflatten } from '#workers/analyses/hessian/flat.ts'
import { EPS } from '#workers/analyses/hessian/hessian.ts'
import { topEigenspace } from '#workers/analyses/hessian/top-eigenspace.ts'
import type { Splits } from '#workers/data/examples.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { prepareRun } from '#workers/training/prepare.ts'

await openEngine('native')

const { signal } = new AbortController()
const random = randomStream(1, 'examples')
const x = Array.from({ length: 40 }, () => [random.normal(), random.normal(), random.normal()])

/** A loss in float64 of all weights, by the definition of the network. */
type Loss = (weights: readonly number[]) => number

/** The Hessian by central differences of the loss in float64. @param h at the usual step, the error is below 1e-6 */
function exactHessian(loss: Loss, at: readonly number[], h = 1e-3): number[][] {
  const moved = (i: number, a: number, j: number, b: number) => {
    const w = [...at]
    w[i]! += a * h
    w[j]! += b * h
    return loss(w)
  }
  // Fourth order in h: Richardson's combination of the steps h and 2 h.
  const second = (i: number, j: number, s: number) =>
    (moved(i, s, j, s) - moved(i, s, j, -s) - moved(i, -s, j, s) + moved(i, -s, j, -s)) / (4 * s * s * h * h)
  return at.map((_, i) => at.map((_, j) => (4 * second(i, j, 1) - second(i, j, 2)) / 3))
}

const NETWORKS: Record<string, { model: TrainedModel; splits: Splits; loss: Loss; h?: number }> = {}
{
  const labels = x.map(([a, b, c]) => (a! + b! > c! ? 0 : a! > 0.3 ? 1 : 2))
  const { spec, splits } = problemOf({
    layers: [denseLayer('hidden', 4, 'tanh', true), denseLayer('out', 3, 'linear', true)],
    loss: 'categoricalCrossentropy',
    x,
    y: labels,
    classes: 3,
  })
  const loss: Loss = w => {
    let sum = 0
    for (const [row, input] of x.entries()) {
      const hidden = [0, 1, 2, 3].map(unit =>
        Math.tanh(input.reduce((total, value, i) => total + value * w[4 * i + unit]!, w[12 + unit]!)),
      )
      const logits = [0, 1, 2].map(unit =>
        hidden.reduce((total, value, i) => total + value * w[16 + 3 * i + unit]!, w[28 + unit]!),
      )
      sum += Math.log(logits.reduce((total, z) => total + Math.exp(z), 0)) - logits[labels[row]!]!
    }
    return sum / x.length
  }
  NETWORKS['a softmax over tanh units'] = { model: modelOf(spec), splits, loss }
}
{
  const y = x.map(([a, b, c]) => [a! - 2 * b!, c! * a!])
  const layers = [
    denseLayer('hidden', 3, 'linear', true),
    { type: 'batchNormalization', name: 'normalised', momentum: 0.9, epsilon: 1e-3 },
    { type: 'activation', name: 'soft', activation: 'softplus' },
    { type: 'dropout', name: 'drop', rate: 0.5 },
    denseLayer('out', 2, 'linear'),
  ]
  const { spec, splits } = problemOf({ layers, loss: 'meanSquaredError', x, y })
  const drawn = modelOf(spec)
  const statistics = drawn.statistics.map(statistic => ({
    ...statistic,
    data: Float32Array.from(statistic.data, (value, i) => value + 0.2 + 0.1 * i),
  }))
  const [means, variances] = statistics.map(({ data }) => data)
  const loss: Loss = w => {
    let sum = 0
    for (const [row, input] of x.entries()) {
      const hidden = [0, 1, 2].map(unit => {
        const z = input.reduce((total, value, i) => total + value * w[3 * i + unit]!, w[9 + unit]!)
        const normalised = (z - means![unit]!) / Math.sqrt(variances![unit]! + 1e-3)
        return Math.log1p(Math.exp(w[12 + unit]! * normalised + w[15 + unit]!))
      })
      for (const unit of [0, 1]) {
        const output = hidden.reduce((total, value, i) => total + value * w[18 + 2 * i + unit]!, 0)
        sum += (output - y[row]![unit]!) ** 2 / 2
      }
    }
    return sum / x.length
  }
  NETWORKS['a regression with batch normalization and dropout'] = {
    model: { ...drawn, statistics },
    splits,
    loss,
  }
}

{
  // Sequences of 4 steps and 1 channel.
  const sequences = x.map(([a, b, c]) => [a!, b!, c!, a! * b!])
  const labels = x.map(([a, b]) => (a! > b! ? 1 : 0))
  const kernelInitializer = 'glorotUniform'
  const { spec, splits } = problemOf({
    layers: [
      { type: 'reshape', name: 'steps', shape: [4, 1] },
      {
        type: 'conv1d',
        name: 'convolved',
        filters: 2,
        kernelSize: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer,
        biasInitializer: 'zeros',
      },
      { type: 'maxPooling1d', name: 'pooled', poolSize: 2 },
      { type: 'flatten', name: 'flat' },
      denseLayer('hidden', 3, 'leakyRelu', true),
      denseLayer('out', 2, 'linear', true),
    ],
    loss: 'categoricalCrossentropy',
    x: sequences,
    y: labels,
    classes: 2,
  })
  const loss: Loss = w => {
    let sum = 0
    for (const [row, input] of sequences.entries()) {
      const convolved = input.map((value, step) =>
        [0, 1].map(f => Math.max(0, value * w[f]! + (input[step + 1] ?? 0) * w[2 + f]! + w[4 + f]!)),
      )
      const pooled = [0, 2].flatMap(step =>
        [0, 1].map(f => Math.max(convolved[step]![f]!, convolved[step + 1]![f]!)),
      )
      const hidden = [0, 1, 2].map(unit => {
        const z = pooled.reduce((total, value, i) => total + value * w[6 + 3 * i + unit]!, w[18 + unit]!)
        return z > 0 ? z : 0.2 * z
      })
      const logits = [0, 1].map(unit =>
        hidden.reduce((total, value, i) => total + value * w[21 + 2 * i + unit]!, w[27 + unit]!),
      )
      sum += Math.log(logits.reduce((total, z) => total + Math.exp(z), 0)) - logits[labels[row]!]!
    }
    return sum / sequences.length
  }
  // No unit is as close to its kink as this, but some are as close as the distance of the gradients.
  NETWORKS['a network of rectified units and a max pool'] = { model: modelOf(spec), splits, loss, h: 1e-5 }
}

describe('the product of the Hessian with a direction', () => {
  for (const [name, { model, splits, loss, h }] of Object.entries(NETWORKS))
    it(`of ${name} is that of the exact Hessian to 1e-4`, async () => {
      const at = flatten(model.weights)
      const exact = exactHessian(loss, [...at], h)
      const curvature = prepareRun(model.spec, splits, signal).openCurvature(model)
      const size = Math.sqrt(exact.flat().reduce((sum, value) => sum + value * value, 0) / at.length)
      for (let draw = 0; draw < 5; draw++) {
        const direction = Float32Array.from(at, () => random.normal())
        const length = normFlat(direction)
        direction.forEach((value, index) => {
          direction[index] = value / length
        })
        const product = flatten(await curvature.multiply(unflatten(direction, model.weights), EPS))
        const errors = exact.map((row, i) => row.reduce((sum, h, j) => sum + h * direction[j]!, -product[i]!))
        const error = Math.hypot(...errors) / size
        assert.ok(error < 1e-4, `relative error ${error}`)
      }
      curvature.end()
    })
})

describe('the top eigenspace of a quadratic of chosen spectrum', () => {
  const dimension = 200
  /** The Householder reflection I - 2 u u^T turns the axes into known eigenvectors. */
  const u = Float32Array.from({ length: dimension }, () => random.normal())
  const length = normFlat(u)
  u.forEach((value, index) => {
    u[index] = value / length
  })
  const reflect = (v: Float32Array) => {
    const twice = 2 * dotFlat(u, v)
    return v.map((value, index) => value - twice * u[index]!)
  }
  const axis = (index: number) =>
    reflect(Float32Array.from({ length: dimension }, (_, i) => Number(i === index)))
  const multiplyBy = (spectrum: readonly number[]) => async (v: Float32Array) =>
    reflect(reflect(v).map((value, index) => value * spectrum[index]!))
  const find = (spectrum: readonly number[], more: object = {}, input: object = {}) => {
    const {
      input: usual,
      states,
      progress,
    } = analysisOf(
      Object.values(NETWORKS).map(({ model }) => model),
      {},
    )
    const options = { eigenvectors: 5, tolerance: 1e-5, maxProducts: 400, ...more }
    return topEigenspace(multiplyBy(spectrum), { dimension, seed: 1 }, options, { ...usual, ...input }).then(
      space => ({ space, states, progress }),
    )
  }
  const FALLING = Array.from(
    { length: dimension },
    (_, index) => 10 * 0.95 ** index - (index === 199 ? 3 : 0),
  )

  it('has the eigenvectors of the largest values, in their order, through many restarts', async () => {
    const { space } = await find(FALLING)
    assert.deepEqual([space.converged, space.products > 25], [true, true])
    for (const [index, vector] of space.vectors.entries())
      assert.ok(Math.abs(dotFlat(vector, axis(index))) > 1 - 1e-5, `eigenvector ${index}`)
    for (const [i, one] of space.vectors.entries())
      for (const [j, other] of space.vectors.entries())
        assert.ok(Math.abs(dotFlat(one, other) - Number(i === j)) < 1e-5)
  })

  it('is found where most of the spectrum is zero, as in a network', async () => {
    const flat = FALLING.map((value, index) => (index < 3 ? value : 0))
    const { space } = await find(flat, { eigenvectors: 3 })
    for (const [index, vector] of space.vectors.entries())
      assert.ok(Math.abs(dotFlat(vector, axis(index))) > 1 - 1e-5)
  })

  it('is said not to have converged if the products are used up', async () => {
    const { space } = await find(FALLING, { maxProducts: 6 })
    assert.deepEqual([space.converged, space.products, space.vectors.length], [false, 6, 5])
  })

  it('is the same to the bit after an interruption', async () => {
    const { space, states } = await find(FALLING)
    for (const state of [states[3]!, states[24]!]) {
      const resumed = await find(FALLING, {}, { saved: restored(state) })
      assert.deepEqual(resumed.space, space)
      assert.ok(resumed.progress.length < states.length)
    }
  })
})
