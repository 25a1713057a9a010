import * as tf from '@tensorflow/tfjs-core'
import { sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import { activate, behindBias, rectified } from './activation.ts'
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
    const activated =
      activation === 'relu'
        ? rectified(tf.fused.conv2d({ ...linear, activation }))
        : activate(activation, tf.fused.conv2d(linear))
    return {
      y: activated.y,
      pullback(dy) {
        const { dz, dbias } = behindBias(activated, dy, biasInitializer !== undefined)
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
            ...(dbias && { [`${name}/bias`]: dbias }),
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
