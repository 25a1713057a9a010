import * as tf from '@tensorflow/tfjs-core'
import { softThreshold } from './soft-threshold.ts'

/** The kernel of engines that take the step in one pass over memory: `native/grda.cc`. */
export const GRDA_STEP = 'GrdaStep'

/** One step of gRDA on one variable: `accumulator` = v - rate g, and `weights` = the accumulator, soft-thresholded by l1. */
export function grdaStep(
  v: tf.Tensor,
  g: tf.Tensor,
  rate: tf.Scalar,
  l1: tf.Scalar,
): { accumulator: tf.Tensor; weights: tf.Tensor } {
  if (tf.getKernel(GRDA_STEP, tf.getBackend())) {
    const [accumulator, weights] = tf.engine().runKernel<tf.Tensor[]>(GRDA_STEP, { v, g, rate, l1 })
    return { accumulator: accumulator!, weights: weights! }
  }
  const accumulator = tf.sub(v, tf.mul(g, rate))
  return { accumulator, weights: softThreshold(accumulator, l1) }
}
