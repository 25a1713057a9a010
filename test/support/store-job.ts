import assert from 'node:assert/strict'
import type { Job } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { newJob } from './new-job.ts'

/** Stores a queued job, which no worker gets before it is released. */
export async function storeJob({ jobs }: Pick<Stores, 'jobs'>, job: Job = newJob()): Promise<Job> {
  const created = await jobs.create(job)
  assert.equal(created.type, 'stored')
  return job
}
