import * as tf from '@tensorflow/tfjs-core'
import type { Normalization } from '#domain/dataset.ts'
import type { Batch } from './batches.ts'

/** What the model is fed: x [batch, ...inputShape], its pixels in [0, 1] and then normalised, and y [batch]. */
export function batchTensors(
  batch: Batch,
  inputShape: readonly number[],
  normalization?: Normalization,
): { x: tf.Tensor; y: tf.Tensor1D } {
  const bytes = tf.tensor(new Float32Array(batch.pixels), [batch.size, ...inputShape])
  const scaled = tf.div(bytes, 255)
  const x = normalization ? tf.div(tf.sub(scaled, normalization.mean), normalization.std) : scaled
  return { x, y: tf.tensor1d(batch.labels, 'int32') }
}
