import * as tf from '@tensorflow/tfjs-core'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import { activate, rectified } from './activation.ts'
import type { Layer } from './layer.ts'

/**
 * y = activation(x * kernel + bias), for x [batch, height, width, in], kernel [height, width, in, filters] and bias [filters].
 * @param word the last part of the kernel's name
 */
export function convolution(
  { name, strides = 1, padding, activation, biasInitializer }: LayerOf<'conv2d'>,
  word = 'kernel',
): Layer {
  const window = {
    strides: [...sidesOf(strides)] as [number, number],
    pad: padding,
    dataFormat: 'NHWC',
  } as const
  return ({ variables, inputs: [x] }) => {
    const filter = variables[`${name}/${word}`] as tf.Tensor4D
    const bias = variables[`${name}/bias`]
    const linear = { x: x as tf.Tensor4D, filter, ...(bias && { bias }), ...window }
    const { y, gradient } =
      activation === 'relu'
        ? rectified(tf.fused.conv2d({ ...linear, activation }))
        : activate(activation, tf.fused.conv2d(linear))
    return {
      y,
      pullback(dy) {
        const dz = gradient(dy)
        const kernelGradient = tf
          .engine()
          .runKernel<tf.Tensor>(
            tf.Conv2DBackpropFilter,
            { x: x!, dy: dz },
            { ...window, filterShape: filter.shape },
          )
        return {
          gradients: {
            [`${name}/${word}`]: kernelGradient,
            ...(biasInitializer && { [`${name}/bias`]: tf.sum(dz, [0, 1, 2]) }),
          },
          dx: () =>
            tf
              .engine()
              .runKernel<tf.Tensor>(
                tf.Conv2DBackpropInput,
                { dy: dz, filter },
                { ...window, inputShape: x!.shape },
              ),
        }
      },
    }
  }
}
