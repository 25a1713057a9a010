import * as tf from '@tensorflow/tfjs-core'
import { marginsOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from './layer.ts'

/** Lines taken off the sides of x [batch, height, width, channels]. */
export function cropping({ cropping }: LayerOf<'cropping2d'>, outputShape: readonly number[]): Layer {
  const [rows, columns] = marginsOf(cropping)
  return ({ inputs }) => {
    const x = inputs[0] as tf.Tensor4D
    return {
      y: tf.slice(x, [0, rows[0], columns[0], 0], [x.shape[0], ...outputShape] as typeof x.shape),
      pullback: dy => ({
        gradients: {},
        dx: () => tf.pad(dy as tf.Tensor4D, [[0, 0], [...rows], [...columns], [0, 0]]),
      }),
    }
  }
}
