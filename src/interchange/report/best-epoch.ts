import type { EarlyStopping, MonitoredMetric } from '#domain/early-stopping.ts'

/** The metrics of an epoch, as far as they matter here. */
type Measured = { epoch: number } & { [M in MonitoredMetric]?: number | undefined }

/** The last epoch that was an improvement, and its metric. */
export interface BestEpoch {
  epoch: number
  value: number
}

/**
 * The best epoch after one more. An epoch must be better than the best one by more than `minDelta`: many small improvements may add
 * up to one.
 */
export function betterEpoch(
  best: BestEpoch | undefined,
  metrics: Measured,
  { metric, minDelta }: EarlyStopping,
): BestEpoch {
  const value = metrics[metric]!
  const sign = metric.endsWith('Accuracy') ? 1 : -1
  return best && sign * (value - best.value) <= minDelta ? best : { epoch: metrics.epoch, value }
}

/** The best of the epochs that a job has trained; undefined if it has trained none, or does not stop early. */
export function bestEpoch(
  series: readonly Measured[],
  { earlyStopping }: { earlyStopping?: EarlyStopping | undefined },
): BestEpoch | undefined {
  if (!earlyStopping) return undefined
  return series.reduce<BestEpoch | undefined>(
    (best, metrics) => betterEpoch(best, metrics, earlyStopping),
    undefined,
  )
}
