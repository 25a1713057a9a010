import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/**
 * The package has no such kernel. With images x [n, h, w, i] and the output's gradient dy [n, p, q, o], at stride s and padding t:
 *
 *     dw[a, b, i, o] = sum over n, p, q of x[n, s p + a - t, s q + b - t, i] dy[n, p, q, o]
 *
 * is itself a convolution: of i images with n channels, by the filter dy dilated by s.
 */
export const conv2dBackpropFilter: WasmKernel<
  { x: tf.Tensor4D; dy: tf.Tensor4D },
  tf.Conv2DBackpropFilterAttrs
> = {
  name: tf.Conv2DBackpropFilter,
  compute: ({ x, dy }, { strides, pad, dimRoundingMode, filterShape }) => {
    const { padInfo, filterHeight, filterWidth, inChannels, outChannels, strideHeight, strideWidth } =
      tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode)
    const products = tf.conv2d(
      tf.transpose(x, [3, 1, 2, 0]),
      tf.transpose(dy, [1, 2, 0, 3]),
      1,
      [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ],
      'NHWC',
      [strideHeight, strideWidth],
    )
    // If the stride leaves rows of x unused, the result has offsets beyond the filter's size.
    const used = tf.slice(products, [0, 0, 0, 0], [inChannels, filterHeight, filterWidth, outChannels])
    return tf.transpose(used, [1, 2, 0, 3])
  },
}
