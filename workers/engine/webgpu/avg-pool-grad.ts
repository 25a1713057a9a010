import * as tf from '@tensorflow/tfjs-core'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

/** The package's kernel divides by the whole window, but the forward pass divides by the window's part inside the image. */
export const avgPoolGrad: PortableKernel<{ dy: tf.Tensor4D; input: tf.Tensor4D }, tf.AvgPoolGradAttrs> = {
  name: tf.AvgPoolGrad,
  compute: ({ dy, input }, attributes, { stock }) => {
    const { filterSize, strides, pad } = attributes
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad)
    const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, padInfo } = info
    const rows = shares(info.outHeight, filterHeight, strideHeight, inHeight, padInfo.top)
    const columns = shares(info.outWidth, filterWidth, strideWidth, inWidth, padInfo.left)
    const part = tf.mul(tf.tensor(rows, [rows.length, 1, 1]), tf.tensor(columns, [columns.length, 1]))
    return stock({ dy: tf.div(dy, part), input }, attributes)
  },
}

/** For each window along one axis, the share of it that is inside the image. */
function shares(windows: number, length: number, stride: number, extent: number, before: number): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const start = i * stride - before
    return (Math.min(extent, start + length) - Math.max(0, start)) / length
  })
}
