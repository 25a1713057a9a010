import { setTimeout as pause } from 'node:timers/promises'
import type { JobEvent } from '#domain/event.ts'
import { isTerminal, type Job, queuedJob } from '#domain/job.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'

/** Puts a job into the store and the queue, as the api does. @param enqueue whether the queue is to have it */
export async function submitJob(
  stores: Stores,
  request: object,
  { enqueue = true }: { enqueue?: boolean } = {},
): Promise<Job> {
  const { spec, warnings } = resolveSpec(JobRequest.parse(request))
  const job = queuedJob(newId('job'), spec, { warnings, createdAt: new Date().toISOString() })
  await stores.jobs.create(job)
  if (enqueue) await stores.queue.enqueue(job.id, spec.priority)
  return job
}

/** The job's first event of this type, once it has happened. @param attempt from this attempt on */
export async function eventOf<T extends JobEvent['type']>(
  stores: Stores,
  job: Job,
  type: T,
  attempt = 0,
): Promise<Extract<JobEvent, { type: T }>> {
  for (;;) {
    const found = (await stores.events.read(job, 0, 1000)).find(
      event => event.type === type && event.attempt >= attempt,
    )
    if (found) return found as Extract<JobEvent, { type: T }>
    await pause(20)
  }
}

/** The job when it is over, and its whole history. */
export async function endOf(stores: Stores, { id }: Job): Promise<{ job: Job; events: JobEvent[] }> {
  for (;;) {
    const job = await stores.jobs.get(id)
    if (job && isTerminal(job.status)) return { job, events: await stores.events.read(job, 0, 1000) }
    await pause(20)
  }
}
