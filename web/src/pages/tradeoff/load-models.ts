import type { EpochMetrics, Job, Thresher } from '@thresher/client'
import { ConflictError, NotFoundError } from '@thresher/client'
import { type ModelPoint, modelPoints } from './model-points.ts'

export interface MeasuredJob {
  job: Job
  hasTradeoff: boolean
  points: ModelPoint[]
}

export interface MeasuredJobs {
  jobs: MeasuredJob[]
  /** Why one of them cannot be shown. */
  error?: Error
}

/** The jobs, each with all of its measured models. */
export async function loadModels(
  client: Thresher,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<MeasuredJobs> {
  const settled = await Promise.allSettled(ids.map(id => loadJob(client, id, signal)))
  const failed = settled.find(one => one.status === 'rejected')
  return {
    jobs: settled.flatMap(one => (one.status === 'fulfilled' ? one.value : [])),
    ...(failed && { error: failed.reason }),
  }
}

async function loadJob({ jobs }: Thresher, id: string, signal: AbortSignal): Promise<MeasuredJob> {
  const [job, tradeoff, checkpoints, metrics] = await Promise.all([
    jobs.get(id, { signal }),
    jobs.tradeoff(id, {}, { signal }).catch(noneYet),
    jobs.checkpoints(id, { signal }),
    jobs.metrics(id, {}, { signal }),
  ])
  const epochs = metrics.data as EpochMetrics[]
  const points = modelPoints({ job, ...(tradeoff && { tradeoff }), checkpoints: checkpoints.data, epochs })
  return { job, hasTradeoff: tradeoff !== undefined, points }
}

function noneYet(error: Error): undefined {
  if (error instanceof ConflictError || error instanceof NotFoundError) return undefined
  throw error
}
