import * as tf from '@tensorflow/tfjs-core'
import type { RESHAPING_LAYERS } from '#network/layers/reshaping.ts'
import { marginsOf, type Shape, sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from '#workers/layers/layer.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const RESHAPING_BUILDERS: LayerBuilders<keyof typeof RESHAPING_LAYERS> = {
  zeroPadding2d: ({ layer }) => zeroPadding(layer),
  cropping2d: ({ layer, outputShape }) => cropping(layer, outputShape),
  upSampling2d: ({ layer }) => upSampling(layer),
  repeatVector: ({ layer }) => repeatVector(layer),
  reshape: ({ outputShape }) => reshape(outputShape),
  flatten: ({ outputShape }) => reshape(outputShape),
}

/** Rows and columns of zeros at the sides of x [batch, height, width, channels]. */
function zeroPadding({ padding }: LayerOf<'zeroPadding2d'>): Layer {
  const [rows, columns] = marginsOf(padding)
  return ({ inputs }) => {
    const x = inputs[0] as tf.Tensor4D
    return {
      y: tf.pad(x, [[0, 0], [...rows], [...columns], [0, 0]]),
      pullback: dy => ({ gradients: {}, dx: () => tf.slice(dy, [0, rows[0], columns[0], 0], x.shape) }),
    }
  }
}

/** Rows and columns removed from the sides of x [batch, height, width, channels]. */
function cropping({ cropping }: LayerOf<'cropping2d'>, outputShape: Shape): Layer {
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

/** Each pixel of x [batch, height, width, channels] repeated along both sides. */
function upSampling({ size }: LayerOf<'upSampling2d'>): Layer {
  const [rows, columns] = sidesOf(size)
  return ({ inputs }) => {
    const [batch, height, width, channels] = inputs[0]!.shape as [number, number, number, number]
    const tall = tf.tile(tf.reshape(inputs[0]!, [batch * height, 1, width * channels]), [1, rows, 1])
    const wide = tf.tile(tf.reshape(tall, [batch * height * rows * width, 1, channels]), [1, columns, 1])
    return {
      y: tf.reshape(wide, [batch, height * rows, width * columns, channels]),
      pullback: dy => ({
        gradients: {},
        // The sum over the copies of each pixel.
        dx: () =>
          tf.mul(tf.avgPool(dy as tf.Tensor4D, [rows, columns], [rows, columns], 'valid'), rows * columns),
      }),
    }
  }
}

/** x [batch, features] at each of `times` steps: [batch, times, features]. */
function repeatVector({ times }: LayerOf<'repeatVector'>): Layer {
  return ({ inputs }) => {
    const [batch, features] = inputs[0]!.shape as [number, number]
    return {
      y: tf.tile(tf.reshape(inputs[0]!, [batch, 1, features]), [1, times, 1]),
      pullback: dy => ({ gradients: {}, dx: () => tf.sum(dy, 1) }),
    }
  }
}

/** Each example in another shape, its elements in the same order. */
function reshape(shape: Shape): Layer {
  return ({ inputs }) => {
    const x = inputs[0]!
    return {
      y: tf.reshape(x, [x.shape[0]!, ...shape]),
      pullback: dy => ({ gradients: {}, dx: () => tf.reshape(dy, x.shape) }),
    }
  }
}
