import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

const total = (tensors: readonly tf.Tensor[]) => tensors.reduce((sofar, next) => tf.add(sofar, next))

/** The sum of all inputs. */
export const sum: Layer = ({ inputs }) => ({
  y: total(inputs),
  pullback: dy => ({ gradients: {}, dx: () => dy }),
})

/** The mean of all inputs. */
export const average: Layer = ({ inputs }) => ({
  y: tf.div(total(inputs), inputs.length),
  pullback: dy => ({ gradients: {}, dx: () => tf.div(dy, inputs.length) }),
})

/** The product of all inputs. */
export const product: Layer = ({ inputs }) => ({
  y: inputs.reduce((sofar, next) => tf.mul(sofar, next)),
  pullback: dy => ({
    gradients: {},
    dx: input =>
      inputs.filter((_, index) => index !== input).reduce((sofar, other) => tf.mul(sofar, other), dy),
  }),
})
