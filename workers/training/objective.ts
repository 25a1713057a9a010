import type * as tf from '@tensorflow/tfjs-core'
import type { Loss } from '#domain/loss.ts'
import { absoluteError, binaryCrossEntropy, crossEntropy, type LossAt, squaredError } from './losses.ts'
import { absoluteErrorSum, correctAnswers, correctCount, topCount } from './metrics.ts'

/** Sums over a batch, by name: `correct` answers, those among the `top5`, the `absoluteError`. */
export type MetricSums = Record<string, tf.Scalar | tf.Tensor1D>

/** Sums something up over a batch. */
type Metric = (outputs: tf.Tensor2D, labels: tf.Tensor) => tf.Scalar

/** What a training strives for, and what is measured of it: functions of outputs [batch, n] and labels. */
export interface Objective {
  loss(outputs: tf.Tensor2D, labels: tf.Tensor): LossAt
  /** By name, which are known so before anything is measured. */
  metrics: Readonly<Record<string, Metric>>
  /** What is measured in evaluation alone, where it does not slow a step down. */
  furtherMetrics(outputs: tf.Tensor2D, labels: tf.Tensor): MetricSums
}

const TOP = 5

export function measure(
  metrics: Objective['metrics'],
  outputs: tf.Tensor2D,
  labels: tf.Tensor,
): Record<string, tf.Scalar> {
  return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric(outputs, labels)]))
}

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
