import type { Logger } from 'pino'
import { releaseJobs } from '#jobs/release-jobs.ts'
import { resumeJob } from '#jobs/resume-job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 1_000
const MOST_RESUMED = 100

/**
 * Every second, continues the jobs whose pause is over and releases waiting jobs to free workers. Submissions and workers release jobs at
 * once; this repeats what they could not do, and notices new workers and new days.
 * @returns a function that stops it
 */
export function releaseWaitingJobs(stores: ServiceStores, logger: Logger): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'release' },
    async run() {
      await resumeDue(stores, logger)
      await releaseJobs(stores)
    },
    onFailure: err => logger.warn({ err }, 'waiting jobs could not be released'),
  })
}

/** Queues the jobs again that were paused until now. @param now in milliseconds since 1970 */
export async function resumeDue(stores: ServiceStores, logger: Logger, now = Date.now()): Promise<void> {
  for (const jobId of await stores.waiting.resumable(now, MOST_RESUMED)) {
    await resumeJob({ ...stores, jobs: stores.work }, jobId).then(
      () => logger.info({ jobId }, 'resumed a job that was paused because of a quota'),
      err => logger.error({ err, jobId }, 'a job could not be resumed'),
    )
  }
}
