import * as tf from '@tensorflow/tfjs-core'
import type { Loss } from '#domain/loss.ts'
import { CROSS_ENTROPY, SOFTMAX_CROSS_ENTROPY } from '#workers/engine/ops/kernel-names.ts'
import {
  absoluteErrorSum,
  correctAnswers,
  correctCount,
  type Metric,
  type MetricSums,
  topCount,
} from './metrics.ts'

/** A loss over a batch: the sum of the examples' losses, and the gradient of their mean with respect to the outputs. */
export interface LossAt {
  sum: tf.Scalar
  gradientOfMean: tf.Tensor2D
}

/** The loss that a training minimizes and the metrics that it measures: functions of outputs [batch, n] and labels. */
export interface Objective {
  loss(outputs: tf.Tensor2D, labels: tf.Tensor): LossAt
  /** Measured in every step. The names must be known before anything is measured. */
  metrics: Readonly<Record<string, Metric>>
  /** Measured in evaluation only, so that they do not slow down steps. */
  furtherMetrics(outputs: tf.Tensor2D, labels: tf.Tensor): MetricSums
}

const TOP = 5

export function objectiveFor(loss: Loss): Objective {
  switch (loss) {
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return {
        loss: (outputs, labels) => crossEntropy(outputs, labels as tf.Tensor1D),
        metrics: { correct: (outputs, labels) => correctCount(outputs, labels as tf.Tensor1D) },
        furtherMetrics: (outputs, labels) =>
          outputs.shape[1] > TOP ? { top5: topCount(outputs, labels as tf.Tensor1D, TOP) } : {},
      }
    case 'binaryCrossentropy':
      return {
        loss: binaryCrossEntropy,
        metrics: { correct: correctAnswers },
        furtherMetrics: () => ({}),
      }
    case 'meanSquaredError':
    case 'meanAbsoluteError':
      return {
        loss: loss === 'meanSquaredError' ? squaredError : absoluteError,
        metrics: { absoluteError: absoluteErrorSum },
        furtherMetrics: () => ({}),
      }
  }
}

/**
 * Cross-entropy of softmax(logits) [batch, classes] with integer labels [batch]. Both names of the loss denote this one, because the two
 * losses of Keras differ only in the format of the labels.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): LossAt {
  if (tf.getKernel(CROSS_ENTROPY, tf.getBackend())) {
    const [sum, gradientOfMean] = tf.engine().runKernel<tf.Tensor[]>(CROSS_ENTROPY, { logits, labels })
    return { sum: sum as tf.Scalar, gradientOfMean: gradientOfMean as tf.Tensor2D }
  }
  const [losses, gradientOfSum] = tf
    .engine()
    .runKernel<tf.Tensor[]>(SOFTMAX_CROSS_ENTROPY, { logits, labels })
  return {
    sum: tf.sum(losses!),
    gradientOfMean: tf.div(gradientOfSum!, logits.shape[0]),
  }
}

/** Cross-entropy of sigmoid(logits) with targets in [0, 1], both [batch, n]; the loss of an example is the mean over its n. */
function binaryCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor): LossAt {
  // max(z, 0) - z y + log(1 + exp(-|z|)): no exponential can overflow.
  const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(logits))))
  const losses = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), softplus)
  return meanOverOutputs(losses, tf.sub(tf.sigmoid(logits), targets))
}

/** (output - target)^2, both [batch, n]; the loss of an example is the mean over its n. */
function squaredError(outputs: tf.Tensor2D, targets: tf.Tensor): LossAt {
  const difference = tf.sub(outputs, targets)
  return meanOverOutputs(tf.square(difference), tf.mul(difference, 2))
}

/** |output - target|, both [batch, n]; the loss of an example is the mean over its n. */
function absoluteError(outputs: tf.Tensor2D, targets: tf.Tensor): LossAt {
  const difference = tf.sub(outputs, targets)
  return meanOverOutputs(tf.abs(difference), tf.sign(difference))
}

/** @param losses of each output @param gradient of each of them with respect to its output */
function meanOverOutputs(losses: tf.Tensor, gradient: tf.Tensor): LossAt {
  const [batch, width] = losses.shape as [number, number]
  return {
    sum: tf.div(tf.sum(losses), width),
    gradientOfMean: tf.div(gradient, batch * width) as tf.Tensor2D,
  }
}
