import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/**
 * The package's kernel is scalar. The gradient at the input is a convolution too: of the output's gradient, dilated by the stride, with
 * the filter rotated by 180 degrees and its channels swapped.
 */
export const conv2dBackpropInput: WasmKernel<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  tf.Conv2DBackpropInputAttrs
> = {
  name: tf.Conv2DBackpropInput,
  compute: ({ dy, filter }, { inputShape, strides, pad, dimRoundingMode }, { backend }) => {
    const { padInfo, filterHeight, filterWidth, inHeight, inWidth, strideHeight, strideWidth } =
      tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode)
    const pixels = dilate(dy, strideHeight, strideWidth)
    const rotated = rotate(filter, backend)
    return tf.conv2d(pixels, rotated, 1, [
      [0, 0],
      [filterHeight - 1 - padInfo.top, inHeight + padInfo.top - pixels.shape[1]],
      [filterWidth - 1 - padInfo.left, inWidth + padInfo.left - pixels.shape[2]],
      [0, 0],
    ])
  },
}

/** Rotates a filter [height, width, in, out] by 180 degrees and swaps its channels: [height, width, out, in]. */
function rotate(filter: tf.Tensor4D, backend: BackendWasm): tf.Tensor4D {
  const [height, width, inChannels, outChannels] = filter.shape
  const result = backend.makeOutput([height, width, outChannels, inChannels], 'float32')
  const from = backend.typedArrayFromHeap(filter)
  const to = backend.typedArrayFromHeap(result)
  const tapSize = inChannels * outChannels
  for (let tap = 0; tap < height * width; tap++) {
    const target = tap * tapSize
    let source = (height * width - 1 - tap) * tapSize
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++) to[target + o * inChannels + i] = from[source++]!
    }
  }
  return tf.engine().makeTensorFromTensorInfo(result) as tf.Tensor4D
}

/** Inserts rows - 1 rows of zeros between the rows of each image, and columns - 1 columns of zeros between its columns. */
function dilate(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  if (rows === 1 && columns === 1) return x
  const [count, height, width, channels] = x.shape
  const wide: tf.Tensor = tf.pad(tf.reshape(x, [-1, 1, channels]), [
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ])
  const tall: tf.Tensor = tf.pad(tf.reshape(wide, [count * height, 1, -1]), [
    [0, 0],
    [0, rows - 1],
    [0, 0],
  ])
  return tf.slice4d(
    tf.reshape(tall, [count, height * rows, width * columns, channels]),
    [0, 0, 0, 0],
    [count, (height - 1) * rows + 1, (width - 1) * columns + 1, channels],
  )
}
