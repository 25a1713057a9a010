import type * as tf from '@tensorflow/tfjs-core'
import type { Loss } from '#domain/loss.ts'
import { absoluteError, binaryCrossEntropy, crossEntropy, type LossAt, squaredError } from './losses.ts'
import { absoluteErrorSum, correctAnswers, correctCount, topCount } from './metrics.ts'

/** Sums over a batch, by name: `correct` answers, those among the `top5`, the `absoluteError`. */
export type MetricSums = Record<string, tf.Scalar | tf.Tensor1D>

/** What a training strives for, and what is measured of it: functions of outputs [batch, n] and labels. */
export interface Objective {
  loss(outputs: tf.Tensor2D, labels: tf.Tensor): LossAt
  metrics(outputs: tf.Tensor2D, labels: tf.Tensor): MetricSums
  /** What is measured in evaluation alone, where it does not slow a step down. */
  furtherMetrics(outputs: tf.Tensor2D, labels: tf.Tensor): MetricSums
}

const TOP = 5

export function objectiveFor(loss: Loss): Objective {
  switch (loss) {
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return {
        loss: (outputs, labels) => crossEntropy(outputs, labels as tf.Tensor1D),
        metrics: (outputs, labels) => ({ correct: correctCount(outputs, labels as tf.Tensor1D) }),
        furtherMetrics: (outputs, labels) =>
          outputs.shape[1] > TOP ? { top5: topCount(outputs, labels as tf.Tensor1D, TOP) } : {},
      }
    case 'binaryCrossentropy':
      return {
        loss: binaryCrossEntropy,
        metrics: (outputs, labels) => ({ correct: correctAnswers(outputs, labels) }),
        furtherMetrics: () => ({}),
      }
    case 'meanSquaredError':
    case 'meanAbsoluteError':
      return {
        loss: loss === 'meanSquaredError' ? squaredError : absoluteError,
        metrics: (outputs, labels) => ({ absoluteError: absoluteErrorSum(outputs, labels) }),
        furtherMetrics: () => ({}),
      }
  }
}
