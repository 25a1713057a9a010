import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, stridesOf } from './convolution-attributes.ts'
import type { NativeKernel } from './native-kernel.ts'

// 1 x 1 convolutions and their gradients as matrix products: the examples' pixels [pixels, in] by the
// filter [in, out]. Products need no copies of the weights in another layout. For CPUs only: on a GPU, products would prevent
// TensorFlow from using the image layout that its convolutions need. The package's own kernels compute all other convolutions.

/** One kernel for plain convolutions and one for fused ones. */
export const pointwiseConvolutions: readonly NativeKernel<
  { x: tf.Tensor4D; filter: tf.Tensor4D; bias?: tf.Tensor },
  ConvolutionAttributes & { activation?: string }
>[] = [tf.Conv2D, tf.FusedConv2D].map(name => ({
  name,
  compute({ x, filter, bias }, attributes) {
    const { activation = 'linear' } = attributes
    if (bias || activation !== 'linear' || !isPointwise(filter.shape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(x), matrixOf(filter)), [...x.shape.slice(0, -1), filter.shape[3]])
  },
}))

/**
 * Also with strides, and of depthwise convolutions of one channel, which are plain ones: oneDNN, with which TensorFlow computes the
 * gradient at a strided 1 x 1 filter, writes past its memory for some sizes (docs/decisions/2026-11-30-convolutions-that-onednn-gets-wrong.md).
 */
export const pointwiseFilterGradients: readonly NativeKernel<
  { x: tf.Tensor4D; dy: tf.Tensor4D },
  ConvolutionAttributes & { filterShape: number[] }
>[] = [tf.Conv2DBackpropFilter, tf.DepthwiseConv2dNativeBackpropFilter].map(name => ({
  name,
  compute({ x, dy }, attributes) {
    const { filterShape } = attributes
    const isPlain = name === tf.Conv2DBackpropFilter || filterShape[2] === 1
    if (!isPlain || !isSinglePixel(filterShape, attributes)) return undefined
    const visited = everyNth(x, stridesOf(attributes))
    return tf.reshape(tf.matMul(pixelsOf(visited), pixelsOf(dy), true), filterShape)
  },
}))

export const pointwiseInputGradient: NativeKernel<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  ConvolutionAttributes & { inputShape: number[] }
> = {
  name: tf.Conv2DBackpropInput,
  compute({ dy, filter }, attributes) {
    if (!isPointwise(filter.shape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(dy), matrixOf(filter), false, true), attributes.inputShape)
  },
}

function isPointwise(filterShape: readonly number[], attributes: ConvolutionAttributes): boolean {
  return isSinglePixel(filterShape, attributes) && stridesOf(attributes).every(stride => stride === 1)
}

/** A 1 x 1 filter, whatever its strides. */
function isSinglePixel([height, width]: readonly number[], { pad }: ConvolutionAttributes): boolean {
  return height === 1 && width === 1 && typeof pad === 'string'
}

/** The pixels that a 1 x 1 filter visits, whatever the padding: `same` adds none. */
function everyNth(images: tf.Tensor4D, [down, right]: readonly [number, number]): tf.Tensor4D {
  if (down === 1 && right === 1) return images
  return tf.stridedSlice(images, [0, 0, 0, 0], images.shape, [1, down, right, 1]) as tf.Tensor4D
}

function pixelsOf(images: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(images, [-1, images.shape[3]])
}

function matrixOf(filter: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(filter, [filter.shape[2], filter.shape[3]])
}
