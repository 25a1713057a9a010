import type { Logger } from 'pino'
import { ownerOf } from '#access/owner.ts'
import { expireJob } from '#jobs/expire-job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 10_000
/** Jobs that are read at a time. */
const PAGE = 100
/** A job whose files are still needed, or could not be deleted, is due again after this time. */
const POSTPONED_MS = 600_000

type ExpiringStores = Pick<ServiceStores, 'work' | 'expirations' | 'of'>

/** Deletes the checkpoints and artifacts of jobs when their retention period ends. @returns a function that stops it */
export function expireFiles(stores: ServiceStores, logger: Logger): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'expire-files' },
    run: () => expireDue(stores, logger, Date.now()),
    onFailure: err => logger.warn({ err }, 'expired files could not be deleted'),
  })
}

/** Deletes what is due. Every job that it reads is later due again or not at all, so it ends. @param now in milliseconds since 1970 */
export async function expireDue(stores: ExpiringStores, logger: Logger, now: number): Promise<void> {
  for (;;) {
    const due = await stores.expirations.due(now, PAGE)
    if (due.length === 0) return
    for (const jobId of due)
      await expireOne(stores, logger, jobId, now).catch(async err => {
        logger.error({ err, jobId }, 'the expired files of a job could not be deleted')
        await stores.expirations.postpone(jobId, now + POSTPONED_MS)
      })
  }
}

async function expireOne(
  { work, expirations, of }: ExpiringStores,
  logger: Logger,
  jobId: string,
  now: number,
): Promise<void> {
  const job = await work.get(jobId)
  if (!job) return await expirations.remove(jobId)
  const expiry = await expireJob(of(ownerOf(job)), jobId, now)
  if (expiry.type === 'deleted') logger.info({ jobId, kinds: expiry.kinds }, 'the files of a job expired')
  else await expirations.postpone(jobId, now + POSTPONED_MS)
}
