import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '#network/random.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import {
  NORMALISE,
  NORMALISE_GRADIENT,
  NORMALISE_SUM,
  NORMALISE_SUM_GRADIENT,
} from '#workers/engine/ops/kernel-names.ts'

await openEngine('native')

const MOMENTUM = 0.9
const EPSILON = 1e-3

interface Case {
  rows: number
  channels: number
  /** The mean of x. Far from zero, a variance from sums of squares loses its digits. */
  mean?: number
  rectify?: boolean
  adds?: boolean
}

const CASES: Record<string, Case> = {
  'a few rows of a few channels': { rows: 6, channels: 3 },
  'more rows than are summed at once': { rows: 5000, channels: 20 },
  'more channels than rows': { rows: 5, channels: 130 },
  'numbers far from zero': { rows: 700, channels: 17, mean: 1000 },
  'a ReLU after it': { rows: 700, channels: 17, rectify: true },
  'a sum and a ReLU after it': { rows: 700, channels: 17, rectify: true, adds: true },
  'a sum and a ReLU after it, over many rows': { rows: 5000, channels: 16, rectify: true, adds: true },
}

for (const [what, batch] of Object.entries(CASES)) {
  test(`batch normalisation by own ops and its gradients equal float64, ${what}`, () => {
    assert.ok(tf.getKernel(NORMALISE_SUM, 'tensorflow'), 'setup has not compiled the own ops')
    const data = draw(batch)
    const expected = expectedOf(batch, data)
    for (const [name, values] of Object.entries(computed(batch, data)))
      expectNear(values, expected[name as keyof typeof expected], name)
  })
}

test('NaN propagates through batch normalisation and ReLU', () => {
  const batch = { rows: 40, channels: 16, rectify: true }
  const data = draw(batch)
  data.x[5] = Number.NaN
  const { y } = computed(batch, data)
  assert.ok(Array.from({ length: 40 }, (_, row) => y![16 * row + 5]!).every(Number.isNaN))
  assert.ok(Number.isFinite(y![6]))
})

type Data = ReturnType<typeof draw>

function draw({ rows, channels, mean = 1 }: Case) {
  const random = randomStream(1, 'test', rows, channels)
  const normals = (count: number, centre = 0) =>
    Float32Array.from({ length: count }, () => centre + random.normal())
  return {
    x: normals(rows * channels, mean),
    dy: normals(rows * channels),
    addend: normals(rows * channels),
    gamma: normals(channels, 1),
    beta: normals(channels),
    mean: normals(channels),
    variance: normals(channels, 5),
  }
}

function computed({ rows, channels, rectify = false, adds }: Case, data: Data): Record<string, Float32Array> {
  return tf.tidy(() => {
    const large = (values: Float32Array) => tf.tensor4d(values, [1, rows, 1, channels])
    const { gamma, beta, mean, variance } = data
    const [x, dy, addend] = [large(data.x), large(data.dy), large(data.addend)]
    const inputs = { x, gamma: tf.tensor1d(gamma), beta: tf.tensor1d(beta) }
    const given = {
      ...inputs,
      mean: tf.tensor1d(mean),
      variance: tf.tensor1d(variance),
      ...(adds && { addend }),
    }
    const run = (kernel: string, tensors: tf.NamedTensorMap) =>
      tf.engine().runKernel<tf.Tensor[]>(kernel, tensors, { momentum: MOMENTUM, epsilon: EPSILON, rectify })
    const [y, movedMean, movedVariance, saved0, saved1] = run(adds ? NORMALISE_SUM : NORMALISE, given)
    const back = { ...inputs, dy, y: y!, saved0: saved0!, saved1: saved1! }
    const [dx, dgamma, dbeta, daddend] = run(adds ? NORMALISE_SUM_GRADIENT : NORMALISE_GRADIENT, back)
    const tensors = { y, movedMean, movedVariance, dx, dgamma, dbeta, ...(adds && { daddend }) }
    const values = Object.entries(tensors).map(([name, tensor]) => [name, tensor!.dataSync<'float32'>()])
    return Object.fromEntries(values)
  })
}

/** Ioffe and Szegedy 2015, algorithm 1 and section 3, in float64. */
function expectedOf({ rows, channels, rectify, adds }: Case, data: Data) {
  const [y, dx, daddend] = [0, 1, 2].map(() => new Float64Array(rows * channels)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const [movedMean, movedVariance, dgamma, dbeta] = [0, 1, 2, 3].map(
    () => new Float64Array(channels),
  ) as Float64Array[]
  for (let c = 0; c < channels; c++) {
    const places = Array.from({ length: rows }, (_, row) => row * channels + c)
    const sum = (of: (place: number) => number) => places.reduce((total, place) => total + of(place), 0)
    const mean = sum(place => data.x[place]!) / rows
    const variance = sum(place => (data.x[place]! - mean) ** 2) / rows
    const inverse = 1 / Math.sqrt(variance + EPSILON)
    const normalised = (place: number) => (data.x[place]! - mean) * inverse
    for (const place of places) {
      const z = data.gamma[c]! * normalised(place) + data.beta[c]! + (adds ? data.addend[place]! : 0)
      y[place] = rectify ? Math.max(0, z) : z
      daddend[place] = rectify && z <= 0 ? 0 : data.dy[place]!
    }
    dbeta![c] = sum(place => daddend[place]!)
    dgamma![c] = sum(place => daddend[place]! * normalised(place))
    for (const place of places) {
      const centred = daddend[place]! - dbeta![c]! / rows - (normalised(place) * dgamma![c]!) / rows
      dx[place] = data.gamma[c]! * inverse * centred
    }
    movedMean![c] = MOMENTUM * data.mean[c]! + (1 - MOMENTUM) * mean
    movedVariance![c] = MOMENTUM * data.variance[c]! + ((1 - MOMENTUM) * variance * rows) / (rows - 1)
  }
  return {
    y,
    dx,
    daddend,
    movedMean: movedMean!,
    movedVariance: movedVariance!,
    dgamma: dgamma!,
    dbeta: dbeta!,
  }
}

function expectNear(actual: Float32Array, expected: Float64Array, what: string): void {
  assert.equal(actual.length, expected.length)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (const [i, value] of expected.entries()) {
    // Within rounding of zero, ReLU may give either result; the drawn numbers are not that close to zero.
    assert.ok(Math.abs(actual[i]! - value) <= 2e-5 * largest, `${what}[${i}]: ${actual[i]} for ${value}`)
  }
}
