import * as tf from '@tensorflow/tfjs-core'
import { averagePooling } from './average-pooling.ts'
import type { Layer } from './layer.ts'
import { type Pool, poolingWindow } from './pooling-window.ts'

/** The maximum of each window. */
export function maxPooling(pool: Pool): Layer {
  const window = poolingWindow(pool)
  const overlaps = window.filterSize.some((size, side) => size > window.strides[side]!)
  const choose: Layer = ({ inputs }) => {
    const input = inputs[0] as tf.Tensor4D
    const output = tf.maxPool(input, window.filterSize, window.strides, window.pad)
    return {
      y: output,
      pullback: dy => ({
        gradients: {},
        dx: () => tf.engine().runKernel(tf.MaxPoolGrad, { dy, input, output }, window),
      }),
    }
  }
  const chooseAsBefore = onPiece(choose, averagePooling(pool))
  return call => (call.pieces && !overlaps ? chooseAsBefore(call) : choose(call))
}

/**
 * The elements that were the maxima when the pieces were recorded, of windows that do not overlap: mean(chosen x) / mean(chosen), where
 * `chosen` is 1 at those elements and 0 elsewhere.
 */
function onPiece(choose: Layer, average: Layer): Layer {
  return call => {
    const x = call.inputs[0]!
    const [chosen, share] = call.pieces!.take(() => {
      const { y, pullback } = choose(call)
      const ones = pullback(tf.onesLike(y)).dx(0)
      return [ones, average({ ...call, inputs: [ones] }).y]
    })
    const { y, pullback } = average({ ...call, inputs: [tf.mul(x, chosen!)] })
    return {
      y: tf.div(y, share!),
      pullback: dy => ({ gradients: {}, dx: () => tf.mul(pullback(tf.div(dy, share!)).dx(0), chosen!) }),
    }
  }
}
