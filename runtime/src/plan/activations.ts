import { type Activation, FUNCTIONS } from '../graph.ts'

/** `enum class Activation` of `kernels/ops/elementwise.h`: linear, relu and relu6 are limits. */
const KERNELS = ['limits', ...FUNCTIONS.slice(FUNCTIONS.indexOf('leakyRelu'))]

/** [least, greatest] value of an output. */
export type Limits = readonly [number, number]

const NO_LIMITS: Limits = [-Infinity, Infinity]

/** The limits that an activation is, which a product applies itself; undefined if it is a function of its own. */
export function limitsOf({ name }: Activation): Limits | undefined {
  if (name === 'linear') return NO_LIMITS
  if (name === 'relu') return [0, Infinity]
  if (name === 'relu6') return [0, 6]
  return undefined
}

/** An elementwise activation as operands of an instruction: the number of the function, and its two parameters. */
export function functionOf(activation: Activation): [number, number, number] {
  const limits = limitsOf(activation)
  if (limits) return [0, ...limits]
  const slope = activation.name === 'leakyRelu' ? activation.slope : 0
  return [KERNELS.indexOf(activation.name), slope, 0]
}
