import type { Activation } from '#runtime/src/graph.ts'

type Name = Activation['name']

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const between = (low: number, z: number, high: number) => Math.min(Math.max(z, low), high)
const hardSigmoid = (z: number) => between(0, z / 6 + 0.5, 1)

/** Klambauer, Unterthiner, Mayr and Hochreiter 2017, eq. 14. */
const [SELU_ALPHA, SELU_SCALE] = [1.6732632423543772, 1.0507009873554805]

const FUNCTIONS: Record<Exclude<Name, 'leakyRelu' | 'softmax'>, (z: number) => number> = {
  linear: z => z,
  relu: z => Math.max(z, 0),
  relu6: z => between(0, z, 6),
  elu: z => (z > 0 ? z : Math.expm1(z)),
  selu: z => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * Math.expm1(z)),
  softplus: z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  softsign: z => z / (1 + Math.abs(z)),
  tanh: Math.tanh,
  sigmoid,
  hardSigmoid,
  keras2HardSigmoid: z => between(0, z / 5 + 0.5, 1),
  gelu: z => (z * (1 + errorFunction(z * Math.SQRT1_2))) / 2,
  silu: z => z * sigmoid(z),
  hardSilu: z => z * hardSigmoid(z),
}

/** Applies an activation to elements in rows of `width`, the length of the last axis. */
export function runActivation(activation: Activation, z: Float64Array, width: number): Float64Array {
  if (activation.name === 'leakyRelu') return z.map(value => (value > 0 ? value : activation.slope * value))
  if (activation.name !== 'softmax') return z.map(FUNCTIONS[activation.name])
  const y = z.slice()
  for (let begin = 0; begin < y.length; begin += width) normalise(y.subarray(begin, begin + width))
  return y
}

function normalise(row: Float64Array): void {
  const largest = row.reduce((a, b) => Math.max(a, b))
  row.set(row.map(value => Math.exp(value - largest)))
  const sum = row.reduce((a, b) => a + b)
  row.set(row.map(value => value / sum))
}

/** Abramowitz and Stegun, 7.1.6: a series of positive terms. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let sum = 0
  for (let n = 0, term = x; n < 200; n++, term *= (2 * x * x) / (2 * n + 1)) sum += term
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
