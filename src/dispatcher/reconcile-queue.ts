import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Job } from '#domain/job.ts'
import type { World } from '#infra/connect.ts'

const PERIOD_MS = 5_000
/** Younger jobs are still on their way into the queue. */
const SETTLED_MS = 5_000
const BATCH = 200

/**
 * Brings back what a crash left between the job store and the queue: jobs that wait but were never enqueued, and jobs whose
 * worker's lease has run out. One api process does it at a time. @returns a function that ends it
 */
export function reconcileQueue(world: World, logger: Logger): () => Promise<void> {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await reconcileOnce(world, logger).catch(err =>
        logger.warn({ err }, 'the queue could not be reconciled'),
      )
      await pause(PERIOD_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopping.abort()
    await running
  }
}

async function reconcileOnce({ jobs, queue, workers, lease }: World, logger: Logger): Promise<void> {
  if (!(await lease('reconcile', PERIOD_MS - 500))) return
  for (const status of ['queued', 'restarting'] as const) {
    const { jobs: waiting } = await jobs.list({ status }, undefined, BATCH)
    for (const job of waiting) if (isSettled(job)) await queue.enqueue(job.id, job.spec.priority)
  }
  const alive = new Set((await workers.list()).map(({ id }) => id))
  for (const status of ['running', 'cancelling'] as const) {
    const { jobs: held } = await jobs.list({ status }, undefined, BATCH)
    for (const job of held) {
      if (!job.worker || alive.has(job.worker.id)) continue
      logger.info({ jobId: job.id, worker: job.worker.id }, 'a job was taken back from a lost worker')
      await queue.reclaim(job.id, job.spec.priority)
    }
  }
}

function isSettled({ createdAt }: Job): boolean {
  return Date.now() - Date.parse(createdAt) > SETTLED_MS
}
