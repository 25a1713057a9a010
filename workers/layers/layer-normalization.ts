import * as tf from '@tensorflow/tfjs-core'
import type { LayerOf } from '#network/topology.ts'
import type { Layer } from './layer.ts'

/**
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta with mean and variance of the last axis (Ba, Kiros and Hinton 2016, eq. 4), for x [batch, features] or [batch, time, features].
 */
export function layerNormalization({ name, epsilon }: LayerOf<'layerNormalization'>): Layer {
  return ({ variables, inputs }) => {
    const x = inputs[0]!
    const gamma = variables[`${name}/gamma`]!
    const centred = tf.sub(x, tf.mean(x, -1, true))
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon))
    const normalised = tf.mul(centred, inverse)
    return {
      y: tf.add(tf.mul(normalised, gamma), variables[`${name}/beta`]!),
      pullback(dy) {
        const leading = dy.shape.slice(1).map((_, axis) => axis)
        return {
          gradients: {
            [`${name}/gamma`]: tf.sum(tf.mul(dy, normalised), leading),
            [`${name}/beta`]: tf.sum(dy, leading),
          },
          dx() {
            const slope = tf.mul(dy, gamma)
            const shared = tf.mul(normalised, tf.mean(tf.mul(slope, normalised), -1, true))
            return tf.mul(tf.sub(tf.sub(slope, tf.mean(slope, -1, true)), shared), inverse)
          },
        }
      },
    }
  }
}
