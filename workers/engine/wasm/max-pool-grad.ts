import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './register-kernel.ts'

/**
 * The stock kernel starts its search for the largest value at 1e-38 in place of minus infinity, so that a window without
 * positive values sends its gradient to pixel 0. As in TensorFlow, the first of equal values takes the gradient.
 */
export const maxPoolGrad: WasmKernel<{ dy: tf.Tensor4D; input: tf.Tensor4D }, tf.MaxPoolGradAttrs> = {
  name: tf.MaxPoolGrad,
  compute: ({ dy, input }, { filterSize, strides, pad, dimRoundingMode }, { backend }) => {
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode)
    const output = backend.makeOutput(input.shape, 'float32')
    // Views after the allocation: it may move the heap.
    const x = backend.typedArrayFromHeap(input) as Float32Array
    const gradients = backend.typedArrayFromHeap(dy) as Float32Array
    const dx = backend.typedArrayFromHeap(output) as Float32Array
    dx.fill(0)
    const channels = info.inChannels
    const largest = new Float32Array(channels)
    const positions = new Int32Array(channels)
    let next = 0
    forEachWindow(info, (image, top, bottom, left, right) => {
      largest.fill(Number.NEGATIVE_INFINITY)
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          const pixel = ((image * info.inHeight + row) * info.inWidth + column) * channels
          for (let channel = 0; channel < channels; channel++) {
            const value = x[pixel + channel]!
            if (value > largest[channel]!) {
              largest[channel] = value
              positions[channel] = pixel + channel
            }
          }
        }
      }
      for (let channel = 0; channel < channels; channel++) dx[positions[channel]!]! += gradients[next++]!
    })
    return output
  },
}

/** Visits the windows in the order of the outputs, cut to the image. */
function forEachWindow(
  info: tf.backend_util.Conv2DInfo,
  visit: (image: number, top: number, bottom: number, left: number, right: number) => void,
): void {
  const { batchSize, outHeight, outWidth, inHeight, inWidth, strideHeight, strideWidth, padInfo } = info
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * strideHeight - padInfo.top
      const bottom = Math.min(inHeight, top + info.filterHeight)
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * strideWidth - padInfo.left
        visit(image, Math.max(0, top), bottom, Math.max(0, left), Math.min(inWidth, left + info.filterWidth))
      }
    }
  }
}
