import * as tf from '@tensorflow/tfjs-core'
import type { NativeKernel } from './native-kernel.ts'

interface Attributes {
  strides: number | readonly number[]
  pad: string | number | readonly (readonly number[])[]
}

// 1 x 1 convolutions and their gradients as matrix products: the examples' pixels [pixels, in] by the
// filter [in, out]. Products need no copies of the weights in another layout. For CPUs only: on a GPU, products would prevent
// TensorFlow from using the image layout that its convolutions need. The package's own kernels compute all other convolutions.

/** One kernel for plain convolutions and one for fused ones. */
export const pointwiseConvolutions: readonly NativeKernel<
  { x: tf.Tensor4D; filter: tf.Tensor4D; bias?: tf.Tensor },
  Attributes & { activation?: string }
>[] = [tf.Conv2D, tf.FusedConv2D].map(name => ({
  name,
  compute({ x, filter, bias }, attributes) {
    const { activation = 'linear' } = attributes
    if (bias || activation !== 'linear' || !isPointwise(filter.shape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(x), matrixOf(filter)), [...x.shape.slice(0, -1), filter.shape[3]])
  },
}))

export const pointwiseFilterGradient: NativeKernel<
  { x: tf.Tensor4D; dy: tf.Tensor4D },
  Attributes & { filterShape: number[] }
> = {
  name: tf.Conv2DBackpropFilter,
  compute({ x, dy }, attributes) {
    const { filterShape } = attributes
    if (!isPointwise(filterShape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(x), pixelsOf(dy), true), filterShape)
  },
}

export const pointwiseInputGradient: NativeKernel<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  Attributes & { inputShape: number[] }
> = {
  name: tf.Conv2DBackpropInput,
  compute({ dy, filter }, attributes) {
    if (!isPointwise(filter.shape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(dy), matrixOf(filter), false, true), attributes.inputShape)
  },
}

function isPointwise([height, width]: readonly number[], { strides, pad }: Attributes): boolean {
  return (
    height === 1 && width === 1 && [strides].flat().every(stride => stride === 1) && typeof pad === 'string'
  )
}

function pixelsOf(images: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(images, [-1, images.shape[3]])
}

function matrixOf(filter: tf.Tensor4D): tf.Tensor2D {
  return tf.reshape(filter, [filter.shape[2], filter.shape[3]])
}
