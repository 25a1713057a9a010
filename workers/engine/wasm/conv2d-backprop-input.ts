import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './register-kernel.ts'

/**
 * The stock kernel is scalar. The gradient to the input is a convolution too: of the output's gradient, its pixels
 * spread apart by the stride, by the filter turned half around with its channels swapped.
 */
export const conv2dBackpropInput: WasmKernel<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  tf.Conv2DBackpropInputAttrs
> = {
  name: tf.Conv2DBackpropInput,
  compute: ({ dy, filter }, { inputShape, strides, pad, dimRoundingMode }) => {
    const { padInfo, filterHeight, filterWidth, inHeight, inWidth, strideHeight, strideWidth } =
      tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode)
    const pixels = spread(dy, strideHeight, strideWidth)
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2])
    return tf.conv2d(pixels, turned, 1, [
      [0, 0],
      [filterHeight - 1 - padInfo.top, inHeight + padInfo.top - pixels.shape[1]],
      [filterWidth - 1 - padInfo.left, inWidth + padInfo.left - pixels.shape[2]],
      [0, 0],
    ])
  },
}

/** Puts rows - 1 lines of zeros between the lines of each image, and columns - 1 between its columns. */
function spread(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  if (rows === 1 && columns === 1) return x
  const [count, height, width, channels] = x.shape
  const wide: tf.Tensor = tf.pad(tf.reshape(x, [-1, 1, channels]), [[0, 0], [0, columns - 1], [0, 0]])
  const tall: tf.Tensor = tf.pad(tf.reshape(wide, [count * height, 1, -1]), [[0, 0], [0, rows - 1], [0, 0]])
  return tf.slice4d(
    tf.reshape(tall, [count, height * rows, width * columns, channels]),
    [0, 0, 0, 0],
    [count, (height - 1) * rows + 1, (width - 1) * columns + 1, channels],
  )
}
