import { epochSeries } from '#interchange/report/metric-series.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Stores } from '#stores/connect.ts'

/** The metrics of a job's epochs, in order. For a repeated epoch, those of the last attempt. @throws AppError `not_found` */
export async function readEpochs(
  { jobs, events }: Pick<Stores, 'jobs' | 'events'>,
  jobId: string,
): Promise<EpochMetrics[]> {
  return epochSeries(await events.readEpochs(await jobs.require(jobId)))
}

/** Non-zero weights of one trainable variable. */
export interface LayerSeries {
  name: string
  shape: number[]
  size: number
  /** One count per epoch. */
  nonzero: number[]
}

/** The non-zero counts by variable instead of by epoch. */
export function layerSeries(epochs: readonly EpochMetrics[]): LayerSeries[] {
  return (epochs.at(-1)?.layers ?? []).map(({ name, shape, size }, index) => ({
    name,
    shape,
    size,
    nonzero: epochs.map(({ layers }) => layers[index]!.nonzero),
  }))
}
