import assert from 'node:assert/strict'
import { AnalysisRequest } from '#analyses/analysis-request.ts'
import type { Job } from '#domain/job.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { createAnalysis } from '#jobs/create-analysis.ts'
import type { Stores } from '#stores/connect.ts'
import { appendEvent, epochMetrics, startJob, succeed } from './drive-job.ts'
import { newJob } from './new-job.ts'

/** A job that has succeeded, with a checkpoint of one epoch whose file has the given bytes. */
export async function finishedJob(
  stores: Stores,
  change: Partial<JobRequest> = {},
  file = Buffer.from('a checkpoint'),
): Promise<Job> {
  const { id } = await stores.jobs.create(newJob({ epochs: 1, ...change }))
  await startJob(stores, id)
  await appendEvent(stores, id, 'epoch', epochMetrics(1))
  const stored = await stores.blobs.put(id, [file])
  await appendEvent(stores, id, 'checkpointed', { epoch: 1, step: 469, validationLoss: 1, ...stored })
  await succeed(stores, id)
  return await stores.jobs.require(id)
}

/** A queued evaluation of a job, as the api creates it. */
export async function newAnalysis(stores: Stores, job: Job, more: object = {}): Promise<Job> {
  const request = AnalysisRequest.parse({ kind: 'evaluation', jobs: [job.id], ...more })
  const submission = { log: { warn: assert.fail } }
  return (await createAnalysis({ ...stores, datasetsDir: '' }, request, submission)).job
}
