import { setTimeout as pause } from 'node:timers/promises'
import type { JobEvent } from '#domain/event.ts'
import { isTerminal, type Job, queuedJob } from '#domain/job.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { releaseJobs } from '#jobs/release-jobs.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import { readEvents } from './read-events.ts'
import { storeJob } from './store-job.ts'

/** Stores a job and releases it to a free worker, as the api does. @param enqueue whether it is released */
export async function submitJob(
  stores: Stores,
  request: object,
  { enqueue = true }: { enqueue?: boolean } = {},
): Promise<Job> {
  const { spec, warnings } = resolveSpec(JobRequest.parse(request))
  const job = queuedJob(newId('job'), spec, { warnings, createdAt: new Date().toISOString() })
  await storeJob(stores, job)
  if (enqueue) await releaseJobs(stores)
  return job
}

/**
 * The job's first event of this type, once it has happened.
 * @param attempt from this attempt on
 * @throws Error if the job ends without one
 */
export async function eventOf<T extends JobEvent['type']>(
  stores: Stores,
  job: Job,
  type: T,
  attempt = 0,
): Promise<Extract<JobEvent, { type: T }>> {
  for (;;) {
    const { status } = (await stores.work.get(job.id))!
    const found = (await readEvents(stores, job)).find(
      event => event.type === type && event.attempt >= attempt,
    )
    if (found) return found as Extract<JobEvent, { type: T }>
    if (isTerminal(status)) throw new Error(`The job has ${status}, without an event of the type ${type}.`)
    await pause(20)
  }
}

/** The job when it is over, and its whole history. */
export async function endOf(stores: Stores, { id }: Job): Promise<{ job: Job; events: JobEvent[] }> {
  for (;;) {
    const job = await stores.jobs.get(id)
    if (job && isTerminal(job.status)) return { job, events: await readEvents(stores, job) }
    await pause(20)
  }
}
