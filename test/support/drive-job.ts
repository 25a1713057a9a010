import { ARTIFACT_FILES, type Artifact, type ArtifactName } from '#domain/artifact.ts'
import type { NewEvent } from '#domain/event.ts'
import { begin } from '#domain/job-decisions.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Stores } from '#stores/connect.ts'
import { storeJob } from './store-job.ts'

const worker = { id: 'worker_test', engine: 'native', device: 'cpu' }

export const startJob = (stores: Stores, jobId: string) => stores.jobs.append(jobId, begin(worker))

/** A job that a worker has just begun. @returns its id */
export async function startNewJob(stores: Stores): Promise<string> {
  const job = await storeJob(stores)
  await startJob(stores, job.id)
  return job.id
}

/** Appends an event of the current attempt, as the job's supervisor does. */
export async function appendEvent<T extends NewEvent['type']>(
  stores: Stores,
  jobId: string,
  type: T,
  data: Extract<NewEvent, { type: T }>['data'],
) {
  const appended = await stores.jobs.append(jobId, ({ attempt }) => [{ type, attempt, data } as NewEvent])
  await stores.measurements.record(appended.job, appended.events)
  return appended
}

export const succeed = (stores: Stores, jobId: string) => appendEvent(stores, jobId, 'succeeded', {})

export async function addArtifact(
  stores: Stores,
  jobId: string,
  name: ArtifactName,
  bytes: Uint8Array,
): Promise<Artifact> {
  const { mediaType, description } = ARTIFACT_FILES[name]
  const stored = await stores.blobs.put(jobId, [bytes])
  const artifact = { name, mediaType, description, ...stored }
  await appendEvent(stores, jobId, 'artifact', artifact)
  return artifact
}

export function epochMetrics(epoch: number, change: Partial<EpochMetrics> = {}): EpochMetrics {
  return {
    epoch,
    epochs: 100,
    step: epoch * 469,
    learningRate: 0.005,
    threshold: 0.001 * epoch,
    trainLoss: 1 / epoch,
    trainAccuracy: 0.9,
    validationLoss: 1 / epoch,
    validationAccuracy: 0.9,
    sparsity: 0.5,
    weightSparsity: 0.5,
    regrown: 0,
    layers: [{ name: 'dense_1/kernel', shape: [784, 512], size: 401_408, nonzero: 1000 - epoch }],
    examplesPerSecond: 10_000,
    seconds: 6,
    sparseBytes: 1000,
    denseBytes: 2000,
    ...change,
  }
}
