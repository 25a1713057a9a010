import type { Logger } from 'pino'
import { hasStopped, type JobStatus } from '#domain/job.ts'
import { reclaimJob } from '#jobs/reclaim-job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 5_000
/** All leases expire while Redis is unreachable or refuses writes; after that, every live worker renews its own within this time. */
const SETTLED_MS = 10_000

/** The statuses of a job that has a worker. */
const IN_ATTEMPT: ReadonlySet<JobStatus> = new Set(['running', 'pausing', 'cancelling'])

type ReconciledStores = Pick<ServiceStores, 'waiting' | 'work' | 'queue' | 'workers'>

/**
 * Every few seconds, repairs inconsistencies between the job store and the queue after a crash: enqueues released jobs that are missing
 * from the queue, and ends the attempts of workers whose lease has expired. @returns a function that stops it
 */
export function reconcileQueue(stores: ServiceStores, logger: Logger): () => Promise<void> {
  let troubledAt = Date.now()
  const unsettle = () => {
    troubledAt = Date.now()
  }
  stores.redis.on('ready', unsettle)
  const stop = runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'reconcile' },
    async run() {
      const isSettled = Date.now() - troubledAt > SETTLED_MS
      await enqueueMissing(stores, logger)
      if (isSettled) await reclaimLostJobs(stores, logger)
    },
    onFailure(err) {
      unsettle()
      logger.warn({ err }, 'the queue could not be reconciled')
    },
  })
  return async () => {
    stores.redis.off('ready', unsettle)
    await stop()
  }
}

/**
 * Enqueues the released jobs that are missing from the queue. Only as many jobs are released as there are workers, so this does not depend
 * on the number of waiting jobs.
 */
export async function enqueueMissing(stores: ReconciledStores, logger: Logger): Promise<void> {
  const { waiting, queue, work } = stores
  await forEachJob(await queue.missing(await waiting.released()), logger, async jobId => {
    const job = await work.get(jobId)
    if (!job || hasStopped(job.status)) return
    await queue.enqueue(jobId)
    logger.info({ jobId }, 'enqueued a job that was missing from the queue')
  })
}

/** Ends the attempts of workers whose lease has expired. */
export async function reclaimLostJobs(stores: ReconciledStores, logger: Logger): Promise<void> {
  await forEachJob(await stores.waiting.released(), logger, async jobId => {
    const job = await stores.work.get(jobId)
    if (!job?.worker || !IN_ATTEMPT.has(job.status)) return
    // The lease is read after the job: a worker has a lease before it takes a job.
    if (await stores.workers.get(job.worker.id)) return
    const after = await reclaimJob(job, stores)
    if (after)
      logger.info({ jobId, worker: job.worker, status: after.status }, 'the worker of a job was lost')
  })
}

/** Processes the jobs one after another; an error for one job does not end the loop. */
async function forEachJob(
  ids: readonly string[],
  logger: Logger,
  work: (jobId: string) => Promise<void>,
): Promise<void> {
  for (const jobId of ids)
    await work(jobId).catch(err => logger.error({ err, jobId }, 'a job could not be reconciled'))
}
