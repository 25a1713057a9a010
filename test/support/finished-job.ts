import assert from 'node:assert/strict'
import { ownedBy } from '#access/owner.ts'
import { AnalysisRequest } from '#analyses/analysis-request.ts'
import type { NewEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { begin } from '#domain/job-decisions.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import { createAnalysis } from '#jobs/create-analysis.ts'
import type { Stores } from '#stores/connect.ts'
import { appendEvent, epochMetrics, startJob, succeed } from './drive-job.ts'
import { newJob } from './new-job.ts'
import { storeJob } from './store-job.ts'

/** A job that has succeeded, with a checkpoint of one epoch. @param fileOf makes the file of the checkpoint */
export async function finishedJob(
  stores: Stores,
  change: Partial<JobRequest> = {},
  fileOf: (spec: TrainingSpec) => Uint8Array = () => Buffer.from('a checkpoint'),
): Promise<Job> {
  const owned = ownedBy(stores.owner)
  return await finishJob(stores, { ...newJob({ epochs: 1, ...change }), ...owned }, fileOf)
}

/** Stores a queued job of one epoch and takes it to its end. */
export async function finishJob(
  stores: Stores,
  job: Job,
  fileOf: (spec: TrainingSpec) => Uint8Array = () => Buffer.from('a checkpoint'),
): Promise<Job> {
  const { id, spec } = await storeJob(stores, job)
  await startJob(stores, id)
  await appendEvent(stores, id, 'epoch', epochMetrics(1))
  const stored = await stores.blobs.put(id, [fileOf(spec)])
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

/** Ends an analysis with a result, as its worker does. */
export async function finishAnalysis(
  stores: Stores,
  id: string,
  result: object,
  name = 'evaluation.json',
): Promise<void> {
  const { analyses, blobs } = stores
  const append = (event: Pick<NewEvent, 'type'> & { data: object }) =>
    analyses.append(id, ({ attempt }) => [{ attempt, ...event } as NewEvent])
  await analyses.append(id, begin({ id: 'worker_test', engine: 'native', device: 'cpu' }))
  const stored = await blobs.put(id, [Buffer.from(JSON.stringify(result))])
  const file = { name, mediaType: 'application/json', description: 'The result' }
  await append({ type: 'artifact', data: { ...file, ...stored } })
  await append({ type: 'succeeded', data: { peakMemoryBytes: 7 } })
}
