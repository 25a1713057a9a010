import * as tf from '@tensorflow/tfjs-core'
import { forEachWindow } from './for-each-window.ts'
import type { WasmKernel } from './wasm-kernel.ts'

/**
 * The package's kernel starts its search for the largest value at 1e-38 instead of minus infinity, so the gradient of a window without
 * positive values is added to pixel 0. Here, as in TensorFlow, the first of equal values gets the gradient.
 */
export const maxPoolGrad: WasmKernel<
  { dy: tf.Tensor4D; input: tf.Tensor4D; output: tf.Tensor4D },
  tf.MaxPoolGradAttrs
> = {
  name: tf.MaxPoolGrad,
  compute: ({ dy, input, output }, { filterSize, strides, pad, dimRoundingMode }, { backend }) => {
    const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode)
    const result = backend.makeOutput(input.shape, 'float32')
    const x = backend.typedArrayFromHeap(input) as Float32Array
    const largest = backend.typedArrayFromHeap(output) as Float32Array
    const gradients = backend.typedArrayFromHeap(dy) as Float32Array
    const dx = backend.typedArrayFromHeap(result) as Float32Array
    dx.fill(0)
    let next = 0
    forEachWindow(info, (start, rows, columns) => {
      for (let channel = 0; channel < info.inChannels; channel++, next++) {
        const position = findFirst(largest[next]!, x, start + channel, rows, columns, info)
        dx[position]! += gradients[next]!
      }
    })
    return result
  },
}

/** The offset of the first `value` in a window, in the channel of `start`; any offset of the window if there is none, as for NaN. */
function findFirst(
  value: number,
  x: Float32Array,
  start: number,
  rows: number,
  columns: number,
  { inWidth, inChannels }: tf.backend_util.Conv2DInfo,
): number {
  if (rows === 2 && columns === 2)
    return findFirstOfFour(value, x, start, start + inChannels, start + inWidth * inChannels)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const position = start + (row * inWidth + column) * inChannels
      if (x[position] === value) return position
    }
  }
  return start
}

/** Computed without a branch, which would be mispredicted often. `right` and `below` are the offsets of the neighbours of `start`. */
function findFirstOfFour(
  value: number,
  x: Float32Array,
  start: number,
  right: number,
  below: number,
): number {
  const notFirst = Number(x[start] !== value)
  const notSecond = notFirst & Number(x[right] !== value)
  const notThird = notSecond & Number(x[below] !== value)
  return start + notFirst * (right - start) + notSecond * (below - right) + notThird * (right - start)
}
