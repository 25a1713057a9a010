import * as tf from '@tensorflow/tfjs-core'
import { registerKernel } from '#workers/engine/register-kernel.ts'

type Inputs = Record<string, tf.Tensor4D>

interface Attributes {
  strides: number | readonly number[]
  pad: string | number | readonly (readonly number[])[]
  activation?: string
  filterShape?: readonly number[]
  inputShape?: readonly number[]
}

/**
 * Makes products of matrices of the convolutions, and of their gradients, whose kernels are of one pixel: the examples' pixels
 * [pixels, in] by the filter [in, out]. Those need no copies of the weights in another layout. For processors alone: on a GPU, products
 * would keep TensorFlow from laying out the images as its convolutions want them.
 */
export function registerPointwiseConvolutions(): void {
  for (const name of [tf.Conv2D, tf.FusedConv2D]) {
    register(name, ({ x, filter, bias }, attributes) => {
      const { activation = 'linear' } = attributes
      if (bias || activation !== 'linear' || !isPointwise(filter!.shape, attributes)) return undefined
      return tf.reshape(tf.matMul(pixelsOf(x!), matrixOf(filter!)), [
        ...x!.shape.slice(0, -1),
        filter!.shape[3],
      ])
    })
  }
  register(tf.Conv2DBackpropFilter, ({ x, dy }, attributes) => {
    const filterShape = attributes.filterShape!
    if (!isPointwise(filterShape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(x!), pixelsOf(dy!), true), [...filterShape])
  })
  register(tf.Conv2DBackpropInput, ({ dy, filter }, attributes) => {
    if (!isPointwise(filter!.shape, attributes)) return undefined
    return tf.reshape(tf.matMul(pixelsOf(dy!), matrixOf(filter!), false, true), [...attributes.inputShape!])
  })
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

/** Where `compute` gives undefined, the package's own kernel does the work. */
function register(
  name: string,
  compute: (inputs: Inputs, attributes: Attributes) => tf.Tensor | undefined,
): void {
  registerKernel<Inputs, Attributes, unknown>('tensorflow', {
    name,
    compute: (inputs, attributes, { stock }) => compute(inputs, attributes) ?? stock(inputs, attributes),
  })
}
