import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from '#workers/layers/layer.ts'

const total = (tensors: readonly tf.Tensor[]) => tensors.reduce((sofar, next) => tf.add(sofar, next))

/** The sum of all inputs. */
export const sum: Layer = ({ inputs }) => ({
  y: total(inputs),
  pullback: dy => ({ gradients: {}, dx: input => summedTo(inputs[input]!, dy) }),
})

/** The mean of all inputs. */
export const average: Layer = ({ inputs }) => ({
  y: tf.div(total(inputs), inputs.length),
  pullback: dy => ({
    gradients: {},
    dx: input => tf.div(summedTo(inputs[input]!, dy), inputs.length),
  }),
})

/** The product of all inputs. */
export const product: Layer = ({ inputs }) => ({
  y: inputs.reduce((sofar, next) => tf.mul(sofar, next)),
  pullback: dy => ({
    gradients: {},
    dx: input => {
      const others = inputs.filter((_, index) => index !== input)
      return summedTo(
        inputs[input]!,
        others.reduce((sofar, other) => tf.mul(sofar, other), dy),
      )
    },
  }),
})

/** The gradient at an input of what it was repeated to: the sum over the axes along which it was. */
function summedTo({ shape }: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  const repeated = [...shape.keys()].filter(axis => shape[axis] !== gradient.shape[axis])
  return repeated.length === 0 ? gradient : tf.sum(gradient, repeated, true)
}
