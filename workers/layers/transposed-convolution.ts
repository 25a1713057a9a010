import * as tf from '@tensorflow/tfjs-core'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import { activate } from './activation.ts'
import type { Layer } from './layer.ts'

/**
 * y = activation(z + bias), where z is the gradient at the input of a convolution by kernel [height, width, filters, in] whose gradient at
 * the output is x [batch, height, width, in]; bias is [filters].
 */
export function transposedConvolution(
  { name, strides = 1, padding, activation, biasInitializer }: LayerOf<'conv2dTranspose'>,
  outputShape: readonly number[],
): Layer {
  const window = {
    strides: [...sidesOf(strides)] as [number, number],
    pad: padding,
    dataFormat: 'NHWC',
  } as const
  return ({ variables, inputs, pieces }) => {
    const x = inputs[0] as tf.Tensor4D
    const filter = variables[`${name}/kernel`] as tf.Tensor4D
    const bias = variables[`${name}/bias`]
    const inputShape = [x.shape[0], ...outputShape]
    const z = tf
      .engine()
      .runKernel<tf.Tensor>(tf.Conv2DBackpropInput, { dy: x, filter }, { ...window, inputShape })
    const { y, gradient } = activate(activation, bias ? tf.add(z, bias) : z, pieces)
    return {
      y,
      pullback(dy) {
        const dz = gradient(dy) as tf.Tensor4D
        const kernelGradient = tf
          .engine()
          .runKernel<tf.Tensor>(
            tf.Conv2DBackpropFilter,
            { x: dz, dy: x },
            { ...window, filterShape: filter.shape },
          )
        return {
          gradients: {
            [`${name}/kernel`]: kernelGradient,
            ...(biasInitializer && { [`${name}/bias`]: tf.sum(dz, [0, 1, 2]) }),
          },
          dx: () => tf.conv2d(dz, filter, window.strides, padding),
        }
      },
    }
  }
}
