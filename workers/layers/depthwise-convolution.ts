import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import { activate } from './activation.ts'
import { convolution } from './convolution.ts'
import type { Layer } from './layer.ts'

/**
 * y = activation(x * kernel + bias) for each channel of x [batch, height, width, in] separately: channel i and the windows kernel[:, :, i,
 * :] of kernel [height, width, in, multiplier] produce the output channels from i multiplier on; bias is [in multiplier].
 */
export function depthwiseConvolution({
  name,
  strides = 1,
  padding,
  activation,
  biasInitializer,
}: Omit<LayerOf<'depthwiseConv2d'>, 'type'>): Layer {
  const window = { strides: [strides, strides], pad: padding, dilations: [1, 1] }
  return ({ variables, inputs: [x], pieces }) => {
    const filter = variables[`${name}/depthwiseKernel`] as tf.Tensor4D
    const bias = biasInitializer && variables[`${name}/bias`]
    const product = tf.depthwiseConv2d(x as tf.Tensor4D, filter, strides, padding)
    const { y, gradient } = activate(activation, bias ? tf.add(product, bias) : product, pieces)
    return {
      y,
      pullback(dy) {
        const dz = gradient(dy)
        const run = (kernel: string, inputs: tf.NamedTensorMap, shape: object) =>
          tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...window, ...shape })
        const kernelGradient = run(
          tf.DepthwiseConv2dNativeBackpropFilter,
          { x: x!, dy: dz },
          { filterShape: filter.shape },
        )
        return {
          gradients: {
            [`${name}/depthwiseKernel`]: kernelGradient,
            ...(bias && { [`${name}/bias`]: tf.sum(dz, [0, 1, 2]) }),
          },
          dx: () => run(tf.DepthwiseConv2dNativeBackpropInput, { dy: dz, filter }, { inputShape: x!.shape }),
        }
      },
    }
  }
}

/** A depthwise convolution without bias, followed by a 1 x 1 convolution (Chollet 2017). */
export function separableConvolution(spec: LayerOf<'separableConv2d'>): Layer {
  const { biasInitializer: _, ...linear } = { ...spec, activation: 'linear' as const }
  const depthwise = depthwiseConvolution(linear)
  const pointwise = convolution(
    { ...spec, type: 'conv2d', kernelSize: 1, strides: 1, padding: 'valid' },
    { word: 'pointwiseKernel' },
  )
  return call => {
    const first = depthwise(call)
    const second = pointwise({ ...call, inputs: [first.y] })
    return {
      y: second.y,
      pullback(dy) {
        const behind = second.pullback(dy)
        const before = first.pullback(behind.dx(0))
        return { gradients: { ...before.gradients, ...behind.gradients }, dx: before.dx }
      },
    }
  }
}
