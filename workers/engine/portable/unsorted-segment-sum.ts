import * as tf from '@tensorflow/tfjs-core'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

/**
 * Row s of the result is the sum of the rows of x [rows, columns] whose segment is s. In the order of the rows: a GPU would add
 * them as they come, to other bits each time.
 */
export const unsortedSegmentSum: PortableKernel<
  { x: tf.Tensor2D; segmentIds: tf.Tensor1D },
  tf.UnsortedSegmentSumAttrs
> = {
  name: tf.UnsortedSegmentSum,
  compute: ({ x, segmentIds }, { numSegments }) => {
    const columns = x.shape[1]
    const values = x.dataSync()
    const sums = new Float32Array(numSegments * columns)
    for (const [row, segment] of segmentIds.dataSync().entries()) {
      // As in TensorFlow, what has no place in the result is left out.
      if (segment < 0 || segment >= numSegments) continue
      for (let i = 0; i < columns; i++) sums[segment * columns + i]! += values[row * columns + i]!
    }
    return tf.tensor(sums, [numSegments, columns])
  },
}
