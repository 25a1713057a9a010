import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { resolveNetwork } from '#network/network.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { crossEntropy } from '#workers/training/losses.ts'
import { toTensors } from '#workers/training/weights.ts'
import { arrangeNetwork, SEQUENCE_NETWORKS } from './sequence-networks.ts'

/** What layers over tables and sequences owe the training, on whatever engine is open. */
export function testSequences(): void {
  for (const [what, topology] of Object.entries(SEQUENCE_NETWORKS)) {
    test(`the gradients of ${what} are the slopes of its loss`, () => {
      tf.tidy(() => {
        const arranged = arrangeNetwork(topology)
        const { x, labels, seed } = arranged
        const [params, statistics] = [toTensors(arranged.params), toTensors(arranged.statistics)]
        const model = modelFromNetwork(resolveNetwork(topology))
        const lossAt = (moved: tf.NamedTensorMap) => {
          const { logits } = model({ ...moved, ...statistics }, x, { seed })
          return crossEntropy(logits, labels).sum.dataSync()[0]! / x.shape[0]!
        }
        const { logits, pullback } = model({ ...params, ...statistics }, x, { seed })
        const gradients = pullback(crossEntropy(logits, labels).gradientOfMean)
        assert.deepEqual(Object.keys(gradients).sort(), Object.keys(params).sort())
        for (const [name, gradient] of Object.entries(gradients)) {
          assert.deepEqual(gradient.shape, params[name]!.shape)
          const values = gradient.dataSync()
          const length = Math.hypot(...values)
          // A step along the gradient, short enough for the loss to be a line: its slope there is the gradient's length.
          const step = 5e-3
          const along = (sign: number) =>
            lossAt({ ...params, [name]: tf.add(params[name]!, tf.mul(gradient, (sign * step) / length)) })
          const slope = (along(1) - along(-1)) / (2 * step)
          assert.ok(Math.abs(slope / length - 1) < 0.01, `${name}: slope ${slope}, gradient ${length}`)
        }
      })
    })
  }
}
