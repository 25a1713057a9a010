import type { EpochMetrics } from '#optimization/epoch-metrics.ts'

/** The metrics of an epoch that an objective may name: 1 where more is better, -1 where less is. */
export const METRIC_SIGNS = {
  validationAccuracy: 1,
  validationTop5Accuracy: 1,
  validationLoss: -1,
  validationMeanAbsoluteError: -1,
  trainAccuracy: 1,
  trainLoss: -1,
  trainMeanAbsoluteError: -1,
  sparsity: 1,
  weightSparsity: 1,
  sparseBytes: -1,
  examplesPerSecond: 1,
} as const satisfies Partial<Record<keyof EpochMetrics, 1 | -1>>

export type MetricName = keyof typeof METRIC_SIGNS
export const METRIC_NAMES = Object.keys(METRIC_SIGNS) as [MetricName, ...MetricName[]]

/** What a sweep keeps of an epoch. A metric that does not apply, or is not finite, is absent. */
export type TrialMetrics = { epoch: number; learningRate?: number } & { [Name in MetricName]?: number }

/** The numbers of an epoch that a search needs; the layers and all else stay in the job. */
export function pickMetrics(metrics: { epoch: number } & Partial<EpochMetrics>): TrialMetrics {
  const names = [...METRIC_NAMES, 'learningRate'] as const
  const finite = names.filter(name => Number.isFinite(metrics[name]))
  return { epoch: metrics.epoch, ...Object.fromEntries(finite.map(name => [name, metrics[name]])) }
}
