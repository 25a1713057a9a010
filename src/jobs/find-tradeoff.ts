import type { Artifact, ArtifactName } from '#domain/artifact.ts'
import { type CheckpointRecord, type CheckpointSelector, findCheckpoint } from '#domain/checkpoint.ts'
import { AppError } from '#domain/error.ts'
import { hasStopped, type Job } from '#domain/job.ts'
import { epochLength } from '#forecast/epoch-length.ts'
import { Tradeoff, withLatency } from '#optimization/tradeoff.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'
import { requireKept } from './require-kept.ts'

/** The names of a trade-off's files, in a job and in an analysis. */
export const TRADEOFF_FILE = 'tradeoff.json' satisfies ArtifactName
export const STATISTICS_FILE = 'tradeoff-statistics.safetensors' satisfies ArtifactName

/** The stores in which a trade-off can be. */
export type TradeoffStores = Pick<Stores, 'analysisIndex' | 'blobs'>

/** An older analysis than these is not found; hardly any job has that many. */
const MOST_ANALYSES = 100

/** A file of a job or an analysis. */
export interface StoredFile {
  namespace: string
  sha256: string
}

/** A trade-off of a job with its file, and the file of its statistics if its network has batch normalizations. */
export interface FoundTradeoff {
  tradeoff: Tradeoff
  file: StoredFile
  statistics?: StoredFile | undefined
}

/** The newest trade-off of the model of a checkpoint; undefined if there is none. */
export async function findTradeoff(
  { analysisIndex, blobs }: TradeoffStores,
  job: Job,
  checkpoint: Pick<CheckpointRecord, 'step'> | undefined,
): Promise<FoundTradeoff | undefined> {
  if (!checkpoint) return undefined
  const query = { kind: 'tradeoff', jobId: job.id, statuses: ['succeeded' as const], limit: MOST_ANALYSES }
  const { jobs: analyses } = await analysisIndex.list(query)
  for (const record of [...analyses, job]) {
    const { id, artifacts } = record
    const fileOf = (name: string) => artifacts.find(artifact => artifact.name === name)
    const file = fileOf(TRADEOFF_FILE)
    if (!file) continue
    const tradeoff = Tradeoff.parse(JSON.parse((await readBlob(blobs, id, file.sha256)).toString()))
    if (tradeoff.step !== checkpoint.step) continue
    return {
      tradeoff: withLatency(tradeoff, record),
      file: storedFile(id, file)!,
      statistics: storedFile(id, fileOf(STATISTICS_FILE)),
    }
  }
  return undefined
}

/**
 * @param which the checkpoint, by default that of the job's model
 * @throws AppError `not_found` for a job or checkpoint that does not exist; `tradeoff_not_ready`, `artifact_expired`
 */
export async function readTradeoff(
  stores: TradeoffStores & Pick<Stores, 'jobs'>,
  jobId: string,
  which: CheckpointSelector | undefined,
): Promise<Tradeoff> {
  const job = await stores.jobs.require(jobId)
  const checkpoint = findCheckpoint(job, which)
  const kept = which === undefined ? await findTradeoff(stores, job, expiredModel(job)) : undefined
  if (kept) return kept.tradeoff
  if (!checkpoint) requireKept(job, 'checkpoints')
  if (!checkpoint && which !== undefined)
    throw new AppError('not_found', `The job has no checkpoint "${which}".`)
  return (await requireTradeoff(stores, job, checkpoint)).tradeoff
}

/** The steps of a job's model whose checkpoint has expired: its trade-off is still there, in the job or in an analysis. */
function expiredModel({ spec, expired, modelEpoch, metrics }: Job): { step: number } | undefined {
  const epoch = modelEpoch ?? metrics?.epoch
  if (!expired?.checkpoints || epoch === undefined) return undefined
  return { step: epoch * epochLength(spec).stepsPerEpoch }
}

/** @throws AppError `tradeoff_not_ready`; `artifact_expired` if the job had measured it */
export async function requireTradeoff(
  stores: TradeoffStores,
  job: Job,
  checkpoint: CheckpointRecord | undefined,
): Promise<FoundTradeoff> {
  const found = await findTradeoff(stores, job, checkpoint)
  if (found) return found
  const isOwn = checkpoint?.step === findCheckpoint(job)?.step
  if (isOwn && job.status === 'succeeded' && job.spec.finish?.tradeoff) requireKept(job, 'artifacts')
  throw tradeoffNotReady(job, checkpoint)
}

/** @param checkpoint of the model whose trade-off is missing, by default the job's model */
export function tradeoffNotReady(job: Job, checkpoint = findCheckpoint(job)): AppError {
  const { id, status, spec } = job
  const isOwn = checkpoint?.step === findCheckpoint(job)?.step
  const choice = isOwn || !checkpoint ? id : { id, checkpoint: checkpoint.epoch }
  const request = JSON.stringify({ kind: 'tradeoff', jobs: [choice] })
  const wait = spec.finish?.tradeoff
    ? 'it measures its trade-off as its last step'
    : 'its trade-off can be measured'
  return new AppError(
    'tradeoff_not_ready',
    hasStopped(status)
      ? `The trade-off of this model has not been measured. POST ${request} to /v1/analyses to measure it.`
      : `The job is ${status}; ${wait} once it has been trained.`,
  )
}

function storedFile(namespace: string, artifact: Artifact | undefined): StoredFile | undefined {
  return artifact && { namespace, sha256: artifact.sha256 }
}
