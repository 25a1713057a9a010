import type { Activation } from '#network/activation.ts'

/** An activation that takes each number by itself. */
export type ElementwiseActivation = Exclude<Activation, 'softmax'>

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
const clip = (z: number, most: number) => Math.max(0, Math.min(most, z))
const hardSigmoid = (z: number) => clip(z / 6 + 0.5, 1)
const exponential = (z: number, alpha: number) => (z > 0 ? z : alpha * Math.expm1(z))
/** Of Klambauer et al. 2017, in float64. */
const SELU_SCALE = 1.0507009873554805
const SELU_ALPHA = 1.6732632423543772

/** The activations of activation.ts in float64. */
export const ACTIVATE: Readonly<Record<ElementwiseActivation, (z: number) => number>> = {
  linear: z => z,
  relu: z => Math.max(0, z),
  relu6: z => clip(z, 6),
  leakyRelu: z => (z > 0 ? z : 0.2 * z),
  elu: z => exponential(z, 1),
  selu: z => SELU_SCALE * exponential(z, SELU_ALPHA),
  softplus: z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  softsign: z => z / (1 + Math.abs(z)),
  tanh: Math.tanh,
  sigmoid,
  hardSigmoid,
  keras2HardSigmoid: z => clip(z / 5 + 0.5, 1),
  gelu: z => z * normalShare(z),
  silu: z => z * sigmoid(z),
  hardSilu: z => z * hardSigmoid(z),
}

/** The share of a standard normal distribution below z, by its series (Marsaglia 2004, "Evaluating the normal distribution"). */
function normalShare(z: number): number {
  // Beyond, the share is 0 or 1 in float64.
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0
  let [sum, term] = [z, z]
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}
