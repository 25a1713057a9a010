import * as tf from '@tensorflow/tfjs-core'
import { forEachWindow } from './for-each-window.ts'
import type { WasmKernel } from './wasm-kernel.ts'

/** The package's kernel divides by the whole window, but the forward pass divides by the window's part inside the image. */
export const avgPoolGrad: WasmKernel<{ dy: tf.Tensor4D; input: tf.Tensor4D }, tf.AvgPoolGradAttrs> = {
  name: tf.AvgPoolGrad,
  compute: ({ dy, input }, { filterSize, strides, pad }, { backend }) => {
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad)
    const result = backend.makeOutput(input.shape, 'float32')
    const gradients = backend.typedArrayFromHeap(dy) as Float32Array
    const dx = backend.typedArrayFromHeap(result) as Float32Array
    dx.fill(0)
    const { inChannels, inWidth } = info
    let next = 0
    forEachWindow(info, (start, rows, columns) => {
      for (let row = 0; row < rows; row++) {
        const line = start + row * inWidth * inChannels
        for (let i = 0; i < columns * inChannels; i++) {
          dx[line + i]! += gradients[next + (i % inChannels)]! / (rows * columns)
        }
      }
      next += inChannels
    })
    return result
  },
}
