import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/**
 * The package has neither gradient. With images x [n, h, w, i], filter [a, b, i, m] and the output's gradient dy [n, p, q, i m], each
 * tap (a, b) of each window adds, for every channel o = i m + k of the output,
 *
 *     dx[i] += dy[o] filter[a, b, i, k]        dfilter[a, b, i, k] += dy[o] x[i]
 */
export const depthwiseBackpropInput: WasmKernel<
  { dy: tf.Tensor4D; filter: tf.Tensor4D },
  tf.DepthwiseConv2dNativeBackpropInputAttrs
> = {
  name: tf.DepthwiseConv2dNativeBackpropInput,
  compute({ dy, filter }, { inputShape, strides, pad, dimRoundingMode }, { backend }) {
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape,
      strides,
      1,
      pad,
      dimRoundingMode,
      true,
    )
    const result = backend.makeOutput(inputShape, 'float32')
    const gradients = backend.typedArrayFromHeap(dy) as Float32Array
    const taps = backend.typedArrayFromHeap(filter) as Float32Array
    const dx = backend.typedArrayFromHeap(result) as Float32Array
    dx.fill(0)
    const multiplier = info.outChannels / info.inChannels
    forEachTap(info, (pixel, output, tap) => {
      for (let o = 0; o < info.outChannels; o++)
        dx[pixel + Math.floor(o / multiplier)]! += gradients[output + o]! * taps[tap + o]!
    })
    return result
  },
}

export const depthwiseBackpropFilter: WasmKernel<
  { x: tf.Tensor4D; dy: tf.Tensor4D },
  tf.DepthwiseConv2dNativeBackpropFilterAttrs
> = {
  name: tf.DepthwiseConv2dNativeBackpropFilter,
  compute({ x, dy }, { filterShape, strides, pad, dimRoundingMode }, { backend }) {
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      true,
    )
    const result = backend.makeOutput(filterShape, 'float32')
    const pixels = backend.typedArrayFromHeap(x) as Float32Array
    const gradients = backend.typedArrayFromHeap(dy) as Float32Array
    const sums = new Float64Array(tf.util.sizeFromShape(filterShape))
    const multiplier = info.outChannels / info.inChannels
    forEachTap(info, (pixel, output, tap) => {
      for (let o = 0; o < info.outChannels; o++)
        sums[tap + o]! += gradients[output + o]! * pixels[pixel + Math.floor(o / multiplier)]!
    })
    backend.typedArrayFromHeap(result).set(sums)
    return result
  },
}

/** Visits every tap of every window that is inside the image, with the offsets of the pixel, of the window's output and of the tap. */
function forEachTap(
  info: tf.backend_util.Conv2DInfo,
  visit: (pixel: number, output: number, tap: number) => void,
): void {
  const { inHeight, inWidth, inChannels, outWidth, outChannels, filterHeight, filterWidth, padInfo } = info
  for (let position = 0; position < info.batchSize * info.outHeight * outWidth; position++) {
    const column = (position % outWidth) * info.strideWidth - padInfo.left
    const line = Math.floor(position / outWidth)
    const row = (line % info.outHeight) * info.strideHeight - padInfo.top
    const image = Math.floor(line / info.outHeight) * inHeight
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const y = row + Math.floor(tap / filterWidth)
      const x = column + (tap % filterWidth)
      if (y < 0 || y >= inHeight || x < 0 || x >= inWidth) continue
      visit(((image + y) * inWidth + x) * inChannels, position * outChannels, tap * outChannels)
    }
  }
}
