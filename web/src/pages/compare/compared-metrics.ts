import { formatBytes, formatNumber, formatPercent, formatShare } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import type { EpochRow } from './parse-metrics.ts'

export interface ComparedMetric {
  title: string
  format(value: number): string
  /** Beside the axis of a chart, where that is shorter. */
  formatTick?(value: number): string
  /** Whether it is a share from 0 to 1. */
  isShare?: boolean
  /** Which values are better; absent where neither is. */
  better?: 'more' | 'less'
}

const share = { format: (value: number) => formatPercent(value), formatTick: formatShare, isShare: true }
const number = { format: (value: number) => formatNumber(value) }
const bytes = { format: (value: number) => formatBytes(value) }

/** The metrics of which runs can be laid over each other. */
export const METRICS = {
  validationAccuracy: { title: 'Validation accuracy', ...share, better: 'more' },
  validationLoss: { title: 'Validation loss', ...number, better: 'less' },
  validationTop5Accuracy: { title: 'Validation top-5 accuracy', ...share, better: 'more' },
  validationMeanAbsoluteError: { title: 'Validation mean absolute error', ...number, better: 'less' },
  trainAccuracy: { title: 'Training accuracy', ...share, better: 'more' },
  trainLoss: { title: 'Training loss', ...number, better: 'less' },
  trainMeanAbsoluteError: { title: 'Training mean absolute error', ...number, better: 'less' },
  sparsity: { title: 'Sparsity', ...share, better: 'more' },
  weightSparsity: { title: 'Sparsity of the kernels', ...share, better: 'more' },
  sparseBytes: { title: 'Size of the sparse file', ...bytes, better: 'less' },
  threshold: { title: 'Threshold', ...number },
  learningRate: { title: 'Learning rate', ...number },
  regrown: { title: 'Regrown weights', ...number },
  examplesPerSecond: { title: 'Examples per second', ...number, better: 'more' },
  seconds: { title: 'Seconds per epoch', format: formatDuration, better: 'less' },
} as const satisfies Partial<Record<keyof EpochRow, ComparedMetric>>

export type MetricName = keyof typeof METRICS
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[]
