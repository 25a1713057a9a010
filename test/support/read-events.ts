import assert from 'node:assert/strict'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'

/** The events of a short history, from which nothing was trimmed. */
export async function readEvents(
  { events }: Pick<Stores, 'events'>,
  job: Job,
  after = 0,
): Promise<JobEvent[]> {
  return (await events.read(job, after, 1000)).map(item => {
    assert.ok(item.type !== 'gap')
    return item
  })
}
