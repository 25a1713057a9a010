import assert from 'node:assert/strict'
import * as tf from '@tensorflow/tfjs-core'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { toTensors } from '#workers/training/weights.ts'

/** Images of normal random numbers: [batch, ...inputShape]. */
export function someImages(inputShape: readonly number[], batch: number): Float32Array {
  const random = randomStream(1, 'images', batch)
  return new Float32Array(batch * elementCount(inputShape)).map(() => random.normal())
}

/** Tokens for a model with an embedding, normal random numbers otherwise. */
export function someInputs({ inputShape, layers: [first] }: Topology, batch: number): Float32Array {
  if (first?.type !== 'embedding') return someImages(inputShape, batch)
  const random = randomStream(1, 'tokens', batch)
  return new Float32Array(batch * elementCount(inputShape)).map(() => random.below(first.inputDim))
}

/** The logits that the engine computes, row by row. */
export function predict(
  { topology, weights, statistics }: TrainedModel,
  images: Float32Array,
  batch: number,
) {
  return tf.tidy(() => {
    const variables = toTensors([...weights, ...statistics])
    const { logits } = modelFromNetwork(resolveNetwork(topology))(
      variables,
      tf.tensor(images, [batch, ...topology.inputShape]),
    )
    return logits.dataSync() as Float32Array
  })
}

/** Stored images: pixels from 0 to 255, [batch, ...inputShape]. */
export function somePixels(inputShape: readonly number[], batch: number): Float32Array {
  const random = randomStream(1, 'pixels', batch)
  return new Float32Array(batch * elementCount(inputShape)).map(() => random.below(256))
}

/** The network's input for pixels: fractions of 255, normalized by channel. */
export function normalised(pixels: Float32Array, { dataset }: TrainingSpec): Float32Array {
  const { mean, std } = dataset.normalize ?? { mean: [0], std: [1] }
  return pixels.map((value, i) => (value / 255 - mean[i % mean.length]!) / std[i % std.length]!)
}

/** Row by row. */
export function softmax(logits: Float32Array, batch: number): Float32Array {
  return tf.tidy(
    () => tf.softmax(tf.tensor2d(logits, [batch, logits.length / batch])).dataSync() as Float32Array,
  )
}

/** To 1e-5 of the largest. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length)
  const scale = Math.max(1, ...Array.from(expected, Math.abs))
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= 1e-5 * scale, `${i}: ${actual[i]} for ${expected[i]}`)
}
