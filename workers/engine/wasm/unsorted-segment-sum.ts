import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './register-kernel.ts'

/** Row s of the result is the sum of the rows of x [rows, columns] whose segment is s; the package has no such kernel. */
export const unsortedSegmentSum: WasmKernel<
  { x: tf.Tensor2D; segmentIds: tf.Tensor1D },
  tf.UnsortedSegmentSumAttrs
> = {
  name: tf.UnsortedSegmentSum,
  compute: ({ x, segmentIds }, { numSegments }, { backend }) => {
    const columns = x.shape[1]
    const output = backend.makeOutput([numSegments, columns], 'float32')
    const values = backend.typedArrayFromHeap(x) as Float32Array
    const segments = backend.typedArrayFromHeap(segmentIds) as Int32Array
    const sums = backend.typedArrayFromHeap(output) as Float32Array
    sums.fill(0)
    for (const [row, segment] of segments.entries()) {
      // As in TensorFlow, what has no place in the result is left out.
      if (segment < 0 || segment >= numSegments) continue
      for (let i = 0; i < columns; i++) sums[segment * columns + i]! += values[row * columns + i]!
    }
    return output
  },
}
