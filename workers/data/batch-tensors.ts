import * as tf from '@tensorflow/tfjs-core'
import type { Normalization } from '#domain/dataset.ts'
import { bytesToFloats, uploadBytes } from '#workers/engine/bytes.ts'
import type { Batch } from './batches.ts'

/** A batch on the device: pixels [batch, ...inputShape], for `normalise` alone, and integer labels [batch]. */
export type BatchTensors = { pixels: tf.Tensor; labels: tf.Tensor1D }

export function uploadBatch({ pixels, labels, size }: Batch, inputShape: readonly number[]): BatchTensors {
  return { pixels: uploadBytes(pixels, [size, ...inputShape]), labels: tf.tensor1d(labels, 'int32') }
}

/** Makes what a model takes of pixels: floats in [0, 1], then normalised a channel. */
export function normaliser({ mean, std }: Normalization = { mean: [0], std: [1] }) {
  // (pixel / 255 - mean) / std as one product and one sum: a division takes a device several times as long.
  const scale = std.map(deviation => 1 / (255 * deviation))
  const offset = std.map((deviation, channel) => -mean[channel]! / deviation)
  const isCentred = offset.every(shift => shift === 0)
  return (pixels: tf.Tensor): tf.Tensor => {
    const scaled = tf.mul(bytesToFloats(pixels), scale)
    return isCentred ? scaled : tf.add(scaled, offset)
  }
}
