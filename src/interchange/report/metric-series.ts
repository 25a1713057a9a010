import type { JobEvent } from '#domain/event.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'

/** One entry per epoch in ascending order. If an epoch was repeated after a restart, the last attempt counts. */
export function epochSeries(events: readonly JobEvent[]): EpochMetrics[] {
  const byEpoch = new Map<number, EpochMetrics>()
  for (const event of events) if (event.type === 'epoch') byEpoch.set(event.data.epoch, event.data)
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch)
}

/**
 * At most `maxPoints` entries that keep every spike: the first, the last, and from each bucket between them the
 * epochs of the lowest and the highest validation loss. The same series always gives the same points.
 */
export function thinSeries(series: readonly EpochMetrics[], maxPoints: number): EpochMetrics[] {
  if (series.length <= maxPoints) return [...series]
  const inner = series.slice(1, -1)
  const buckets = Math.max(1, Math.floor((maxPoints - 2) / 2))
  const kept = new Set([series[0]!, series.at(-1)!])
  for (let bucket = 0; bucket < buckets && maxPoints > 3; bucket++) {
    const start = Math.floor((bucket * inner.length) / buckets)
    const members = inner.slice(start, Math.floor(((bucket + 1) * inner.length) / buckets))
    members.sort((a, b) => a.validationLoss - b.validationLoss)
    for (const member of [members[0], members.at(-1)]) if (member) kept.add(member)
  }
  return series.filter(entry => kept.has(entry))
}

const CSV_COLUMNS = [
  'epoch',
  'step',
  'learningRate',
  'threshold',
  'trainLoss',
  'trainAccuracy',
  'trainMeanAbsoluteError',
  'validationLoss',
  'validationAccuracy',
  'validationTop5Accuracy',
  'validationMeanAbsoluteError',
  'sparsity',
  'weightSparsity',
  'regrown',
  'examplesPerSecond',
  'seconds',
  'sparseBytes',
  'denseBytes',
] as const satisfies readonly (keyof EpochMetrics)[]

/** Columns of jobs with several phases or a target. */
const PHASE_COLUMNS = ['phase', 'c'] as const satisfies readonly (keyof EpochMetrics)[]

/** CSV (RFC 4180) with a header row; a metric that does not apply is an empty field. */
export function seriesToCsv(series: readonly EpochMetrics[]): string {
  const further = PHASE_COLUMNS.filter(column => series.some(metrics => metrics[column] !== undefined))
  const columns = [...CSV_COLUMNS, ...further]
  const rows = series.map(metrics => columns.map(column => metrics[column] ?? '').join(','))
  return [columns.join(','), ...rows, ''].join('\r\n')
}
