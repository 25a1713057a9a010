import type { Activation } from '#runtime/src/graph.ts'

type Name = Activation['name']

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const between = (low: number, z: number, high: number) => Math.min(Math.max(z, low), high)
const hardSigmoid = (z: number) => between(0, z / 6 + 0.5, 1)

/** Klambauer, Unterthiner, Mayr and Hochreiter 2017, eq. 14. */
const [SELU_ALPHA, SELU_SCALE] = [1.6732632423543772, 1.0507009873554805]

const FUNCTIONS: Record<Exclude<Name, 'leakyRelu'>, (z: number) => number> = {
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

export function functionOf(activation: Activation): (z: number) => number {
  if (activation.name !== 'leakyRelu') return FUNCTIONS[activation.name]
  return z => (z > 0 ? z : activation.slope * z)
}

/** Abramowitz and Stegun, 7.1.6: a series of positive terms. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let sum = 0
  for (let n = 0, term = x; n < 200; n++, term *= (2 * x * x) / (2 * n + 1)) sum += term
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
