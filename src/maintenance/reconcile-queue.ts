import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { isTerminal } from '#domain/job.ts'
import { reclaimJob } from '#jobs/reclaim-job.ts'
import type { Stores } from '#stores/connect.ts'

const PERIOD_MS = 5_000
/** All leases run out while Redis is away or refuses writes; once it is back, whoever lives renews its own well within this time. */
const SETTLED_MS = 10_000

/**
 * Brings back what a crash left between the job store and the queue: jobs that wait but were never enqueued, and jobs whose
 * worker's lease has run out. One api process does it at a time. @returns a function that ends it
 */
export function reconcileQueue(stores: Stores, logger: Logger): () => Promise<void> {
  const stopping = new AbortController()
  let troubledAt = Date.now()
  const unsettle = () => {
    troubledAt = Date.now()
  }
  stores.redis.on('ready', unsettle)
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const isSettled = Date.now() - troubledAt > SETTLED_MS
      await reconcileOnce(stores, logger, isSettled).catch(err => {
        unsettle()
        logger.warn({ err }, 'the queue could not be reconciled')
      })
      await pause(PERIOD_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopping.abort()
    stores.redis.off('ready', unsettle)
    await running
  }
}

async function reconcileOnce(stores: Stores, logger: Logger, isSettled: boolean): Promise<void> {
  if (!(await stores.lease('reconcile', PERIOD_MS - 500))) return
  await enqueueMissing(stores, logger)
  if (isSettled) await reclaimLostJobs(stores, logger)
}

/** Enqueues every job that waits but that the queue does not know. */
export async function enqueueMissing(
  { jobs, jobIndex, queue }: Pick<Stores, 'jobs' | 'jobIndex' | 'queue'>,
  logger: Logger,
): Promise<void> {
  for (const status of ['queued', 'restarting'] as const) {
    for await (const ids of jobIndex.idsByStatus(status)) {
      await forEachJob(await queue.missing(ids), logger, async jobId => {
        const job = await jobs.get(jobId)
        if (!job || isTerminal(job.status)) return
        await queue.enqueue(jobId, job.spec.priority)
        logger.info({ jobId }, 'a job that waited outside the queue was enqueued')
      })
    }
  }
}

/** Ends the attempts of workers whose lease has run out. */
export async function reclaimLostJobs(
  stores: Pick<Stores, 'jobs' | 'jobIndex' | 'queue' | 'workers'>,
  logger: Logger,
): Promise<void> {
  for (const status of ['running', 'pausing', 'cancelling'] as const) {
    for await (const ids of stores.jobIndex.idsByStatus(status)) {
      await forEachJob(ids, logger, async jobId => {
        const job = await stores.jobs.get(jobId)
        if (!job?.worker || isTerminal(job.status)) return
        // Asked after the job was read: its worker had a lease before it took the job.
        if (await stores.workers.get(job.worker.id)) return
        const after = await reclaimJob(job, stores)
        if (after) logger.info({ jobId, worker: job.worker, status: after.status }, 'a worker was lost')
      })
    }
  }
}

/** One after the other; a job that cannot be read must not keep the others waiting. */
async function forEachJob(
  ids: readonly string[],
  logger: Logger,
  work: (jobId: string) => Promise<void>,
): Promise<void> {
  for (const jobId of ids)
    await work(jobId).catch(err => logger.error({ err, jobId }, 'a job could not be reconciled'))
}
