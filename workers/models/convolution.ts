import * as tf from '@tensorflow/tfjs-core'
import type { Layer as LayerSpec } from '#domain/model-spec.ts'
import { activationGradient } from './activation.ts'
import type { Layer } from './layer.ts'

/**
 * y = activation(x * kernel + bias) with stride 1, for x [batch, height, width, in], kernel [size, size, in, filters]
 * and bias [filters].
 */
export function convolution(layer: Extract<LayerSpec, { type: 'conv2d' }>): Layer {
  const { name, padding, activation } = layer
  const window = { strides: 1, pad: padding, dataFormat: 'NHWC' } as const
  return (params, x) => {
    const filter = params[`${name}/kernel`] as tf.Tensor4D
    const bias = params[`${name}/bias`]!
    const y = tf.fused.conv2d({ x: x as tf.Tensor4D, filter, bias, activation, ...window })
    return {
      y,
      pullback(dy) {
        const dz = activationGradient(activation, dy, y)
        return {
          gradients: {
            [`${name}/kernel`]: tf
              .engine()
              .runKernel<tf.Tensor>(
                tf.Conv2DBackpropFilter,
                { x, dy: dz },
                { ...window, filterShape: filter.shape },
              ),
            [`${name}/bias`]: tf.sum(dz, [0, 1, 2]),
          },
          dx: () =>
            tf
              .engine()
              .runKernel<tf.Tensor>(
                tf.Conv2DBackpropInput,
                { dy: dz, filter },
                { ...window, inputShape: x.shape },
              ),
        }
      },
    }
  }
}
