import * as tf from '@tensorflow/tfjs-core'
import { marginsOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from './layer.ts'

/** Lines of zeros on the sides of x [batch, height, width, channels]. */
export function zeroPadding({ padding }: LayerOf<'zeroPadding2d'>): Layer {
  const [rows, columns] = marginsOf(padding)
  return ({ inputs }) => {
    const x = inputs[0] as tf.Tensor4D
    return {
      y: tf.pad(x, [[0, 0], [...rows], [...columns], [0, 0]]),
      pullback: dy => ({ gradients: {}, dx: () => tf.slice(dy, [0, rows[0], columns[0], 0], x.shape) }),
    }
  }
}
