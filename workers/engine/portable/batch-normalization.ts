import * as tf from '@tensorflow/tfjs-core'
import { NORMALISE, NORMALISE_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'

const AXES = [0, 1, 2]

interface TrainingInputs {
  x: tf.Tensor4D
  gamma: tf.Tensor1D
  beta: tf.Tensor1D
  mean: tf.Tensor1D
  variance: tf.Tensor1D
}

/** @returns y, the updated running mean and variance, and for the gradient the batch's mean and inverse standard deviation */
export const batchNormalizationTraining: PortableKernel<
  TrainingInputs,
  { momentum: number; epsilon: number }
> = {
  name: NORMALISE,
  compute({ x, gamma, beta, mean, variance }, { momentum, epsilon }) {
    const count = x.size / x.shape[3]
    const batch = tf.moments(x, AXES)
    const inverse = tf.rsqrt(tf.add(batch.variance, epsilon))
    const y = tf.add(tf.mul(tf.sub(x, batch.mean), tf.mul(inverse, gamma)), beta)
    const move = (running: tf.Tensor, now: tf.Tensor) =>
      tf.add(tf.mul(running, momentum), tf.mul(now, 1 - momentum))
    const unbiased = tf.mul(batch.variance, count / Math.max(1, count - 1))
    return [y, move(mean, batch.mean), move(variance, unbiased), batch.mean, inverse]
  },
}

interface GradInputs {
  dy: tf.Tensor4D
  x: tf.Tensor4D
  gamma: tf.Tensor1D
  saved0: tf.Tensor1D
  saved1: tf.Tensor1D
}

/** The gradients at x, gamma and beta (Ioffe and Szegedy 2015, section 3, after algorithm 1, with the sums combined). */
export const batchNormalizationGrad: PortableKernel<GradInputs, unknown> = {
  name: NORMALISE_GRADIENT,
  compute({ dy, x, gamma, saved0: mean, saved1: inverse }) {
    const count = x.size / x.shape[3]
    const normalised = tf.mul(tf.sub(x, mean), inverse)
    const betaGradient = tf.sum(dy, AXES)
    const gammaGradient = tf.sum(tf.mul(dy, normalised), AXES)
    const centred = tf.sub(dy, tf.div(betaGradient, count))
    const decorrelated = tf.sub(centred, tf.mul(normalised, tf.div(gammaGradient, count)))
    return [tf.mul(decorrelated, tf.mul(gamma, inverse)), gammaGradient, betaGradient]
  },
}
