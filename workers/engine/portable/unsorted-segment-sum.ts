import * as tf from '@tensorflow/tfjs-core'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

/**
 * Row s of the result is the sum of the rows of x [rows, columns] whose segment is s, added in the order of the rows. A GPU would add
 * them in no fixed order, which gives different bits each time.
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
      // As in TensorFlow, rows whose segment is out of range are ignored.
      if (segment < 0 || segment >= numSegments) continue
      for (let i = 0; i < columns; i++) sums[segment * columns + i]! += values[row * columns + i]!
    }
    return tf.tensor(sums, [numSegments, columns])
  },
}
