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

async function loadJob(client: Thresher, id: string, signal: AbortSignal): Promise<MeasuredJob> {
  const { jobs } = client
  const [job, isMeasured, checkpoints, metrics] = await Promise.all([
    jobs.get(id, { signal }),
    hasMeasurement(client, id, signal),
    jobs.checkpoints(id, { signal }),
    jobs.metrics(id, {}, { signal }),
  ])
  const isOwn = job.status === 'succeeded' && job.spec.finish?.tradeoff
  const tradeoff = isMeasured || isOwn ? await jobs.tradeoff(id, {}, { signal }).catch(noneYet) : undefined
  const epochs = metrics.data as EpochMetrics[]
  const points = modelPoints({ job, ...(tradeoff && { tradeoff }), checkpoints: checkpoints.data, epochs })
  return { job, hasTradeoff: tradeoff !== undefined, points }
}

/** Whether an analysis has measured the trade-off. Browsers report a request for one that does not exist as an error. */
async function hasMeasurement({ analyses }: Thresher, jobId: string, signal: AbortSignal): Promise<boolean> {
  const query = { kind: 'tradeoff' as const, jobId, status: ['succeeded' as const], limit: 1 }
  const { data } = await analyses.list(query, { signal })
  return data.length > 0
}

function noneYet(error: Error): undefined {
  if (error instanceof ConflictError || error instanceof NotFoundError) return undefined
  throw error
}
