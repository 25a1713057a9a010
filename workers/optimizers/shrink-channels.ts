import * as tf from '@tensorflow/tfjs-core'
import type { OutputChannels } from '#network/output-channels.ts'

/**
 * The share of its values that the group threshold takes from each output channel, [channels]: min(1, l1 / rms(v_j)), where v_j are the n_j
 * values of channel j in all members of its group. It is min(1, l1 sqrt(n_j) / ||v_j||_2), and exactly 1 for a channel that vanishes.
 */
export function channelShrinkage(
  { channels, size, members }: OutputChannels,
  v: tf.NamedTensorMap,
  l1: tf.Scalar,
): tf.Tensor1D {
  const squares = members.map(({ name, view }) => sumByChannel(tf.square(v[name]!), view))
  const rms = tf.sqrt(tf.div(squares.length === 1 ? squares[0]! : tf.addN(squares), size))
  // A quotient of equal numbers is not exactly 1 on every GPU, and 0 / 0 is not a number.
  return tf.where(tf.lessEqual(rms, l1), tf.ones([channels]), tf.div(l1, rms))
}

/** The values of the members without the share that the threshold takes. As v - v share, zeros are +0. */
export function shrinkChannels(
  { members }: OutputChannels,
  v: tf.NamedTensorMap,
  shrinkage: tf.Tensor1D,
): tf.NamedTensorMap {
  return Object.fromEntries(
    members.map(({ name, view }) => {
      const { shape } = v[name]!
      const isLastAxis = view[2] === 1 && shape.at(-1) === view[1]
      const values = isLastAxis ? v[name]! : tf.reshape(v[name]!, [...view])
      const share = isLastAxis ? shrinkage : tf.reshape(shrinkage, [view[1], 1])
      return [name, tf.reshape(tf.sub(values, tf.mul(values, share)), shape)]
    }),
  )
}

function sumByChannel(x: tf.Tensor, [before, channels, after]: readonly [number, number, number]): tf.Tensor {
  if (before === 1 && after === 1) return tf.reshape(x, [channels])
  if (after === 1) return tf.sum(tf.reshape(x, [before, channels]), 0)
  return tf.sum(tf.reshape(x, [before, channels, after]), [0, 2])
}
