import * as tf from '@tensorflow/tfjs-core'
import type { Normalization } from '#domain/dataset.ts'
import type { Batch } from './batches.ts'

/** Makes tensors of batches: x [batch, ...inputShape], its pixels in [0, 1] and then normalised, and y [batch]. */
export function batchTensors(
  inputShape: readonly number[],
  { mean, std }: Normalization = { mean: [0], std: [1] },
): (batch: Batch) => { x: tf.Tensor; y: tf.Tensor1D } {
  // (pixel / 255 - mean) / std as one product and one sum: a division takes a device several times as long.
  const scale = std.map(deviation => 1 / (255 * deviation))
  const offset = std.map((deviation, channel) => -mean[channel]! / deviation)
  const isCentred = offset.every(shift => shift === 0)
  return ({ pixels, labels, size }) => {
    const scaled = tf.mul(tf.tensor(new Float32Array(pixels), [size, ...inputShape]), scale)
    return { x: isCentred ? scaled : tf.add(scaled, offset), y: tf.tensor1d(labels, 'int32') }
  }
}
