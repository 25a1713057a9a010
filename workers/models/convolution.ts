import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#domain/model-spec.ts'
import { activate, activationGradient } from './activation.ts'
import type { Layer } from './layer.ts'

/** y = activation(x * kernel + bias), for x [batch, height, width, in], kernel [size, size, in, filters] and bias [filters]. */
export function convolution({
  name,
  strides = 1,
  padding,
  activation,
  biasInitializer,
}: LayerOf<'conv2d'>): Layer {
  const window = { strides, pad: padding, dataFormat: 'NHWC' } as const
  return ({ variables, inputs: [x] }) => {
    const filter = variables[`${name}/kernel`] as tf.Tensor4D
    const bias = variables[`${name}/bias`]
    const linear = { x: x as tf.Tensor4D, filter, ...(bias && { bias }), ...window }
    const y =
      activation === 'relu' || activation === 'linear'
        ? tf.fused.conv2d({ ...linear, activation })
        : activate(activation, tf.fused.conv2d(linear))
    return {
      y,
      pullback(dy) {
        const dz = activationGradient(activation, dy, y)
        const kernelGradient = tf
          .engine()
          .runKernel<tf.Tensor>(
            tf.Conv2DBackpropFilter,
            { x: x!, dy: dz },
            { ...window, filterShape: filter.shape },
          )
        return {
          gradients: {
            [`${name}/kernel`]: kernelGradient,
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
