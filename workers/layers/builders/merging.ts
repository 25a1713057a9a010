import * as tf from '@tensorflow/tfjs-core'
import type { MERGING_LAYERS } from '#network/layers/merging.ts'
import type { Layer } from '#workers/layers/layer.ts'
import type { LayerBuilders } from './layer-builder.ts'

const total = (tensors: readonly tf.Tensor[]) => tensors.reduce((sofar, next) => tf.add(sofar, next))

/** The sum of all inputs. */
const sum: Layer = ({ inputs }) => ({
  y: total(inputs),
  pullback: dy => ({ gradients: {}, dx: input => summedTo(inputs[input]!, dy) }),
})

/** The mean of all inputs. */
const average: Layer = ({ inputs }) => ({
  y: tf.div(total(inputs), inputs.length),
  pullback: dy => ({
    gradients: {},
    dx: input => tf.div(summedTo(inputs[input]!, dy), inputs.length),
  }),
})

/** The product of all inputs. */
const product: Layer = ({ inputs }) => ({
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

/** All inputs concatenated along the last axis. */
const concatenate: Layer = ({ inputs }) => ({
  y: tf.concat([...inputs], -1),
  pullback: dy => ({
    gradients: {},
    dx(input) {
      const { shape } = inputs[input]!
      const before = inputs.slice(0, input).reduce((sum, other) => sum + other.shape.at(-1)!, 0)
      return tf.slice(dy, [...shape.slice(0, -1).fill(0), before], shape)
    },
  }),
})

export const MERGING_BUILDERS: LayerBuilders<keyof typeof MERGING_LAYERS> = {
  add: () => sum,
  multiply: () => product,
  average: () => average,
  concatenate: () => concatenate,
}

/** The gradient at an input whose axes of length 1 were repeated: the sum over these axes. */
function summedTo({ shape }: tf.Tensor, gradient: tf.Tensor): tf.Tensor {
  const repeated = [...shape.keys()].filter(axis => shape[axis] !== gradient.shape[axis])
  return repeated.length === 0 ? gradient : tf.sum(gradient, repeated, true)
}
