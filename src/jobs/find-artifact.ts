import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Children } from '#children/open-children.ts'
import {
  type Artifact,
  type ArtifactName,
  type ArtifactVariant,
  artifactFile,
  isArtifactName,
} from '#domain/artifact.ts'
import { type CheckpointSelector, findCheckpoint } from '#domain/checkpoint.ts'
import { restoresBest } from '#domain/early-stopping.ts'
import { AppError, invalidFields } from '#domain/error.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import type { PointSelector } from '#optimization/select-point.ts'
import type { BlobRange } from '#stores/blobs/blob-store.ts'
import type { Stores } from '#stores/connect.ts'
import { exportArtifact } from './export-artifact.ts'
import { findCut } from './find-cut.ts'
import { findTradeoff, TRADEOFF_FILE, type TradeoffStores, tradeoffNotReady } from './find-tradeoff.ts'
import { defaultCheckpoint, type ExportRequest, exportKey } from './reachable-exports.ts'
import { reportAnalyses } from './report-analyses.ts'
import { requireKept } from './require-kept.ts'
import { requireStopped } from './require-stopped.ts'

export type ArtifactStores = Pick<Stores, 'exports' | 'events' | 'owner'> &
  TradeoffStores &
  Pick<Children, 'exporter' | 'measurer'>

/** Which form of an artifact is wanted, and as of which checkpoint: by default that of the job's model. */
export type ArtifactForm = ArtifactVariant & {
  checkpoint?: CheckpointSelector | undefined
  /** The point of the trade-off of that checkpoint; absent for its model without a cut. */
  point?: PointSelector | undefined
}

export interface FoundArtifact {
  artifact: Artifact
  /**
   * Whether the job will never have another file under this name and variant. The files of a paused job may change when it resumes, and
   * its report when its model is analysed.
   */
  isFinal: boolean
}

/**
 * The artifact that a client requests: the job's own file, an existing export, or a new export.
 * @throws AppError `not_found`, `artifact_not_ready`, `artifact_expired`, `tradeoff_not_ready`, `invalid_request`
 */
export async function findArtifact(
  stores: ArtifactStores,
  job: Job,
  name: string,
  form: ArtifactForm,
): Promise<FoundArtifact> {
  requireKept(job, 'artifacts')
  const request = await withTradeoff(stores, job, exportRequest(job, name, form), form)
  // Only the usual report shows analyses.
  if (name === 'report.html' && form.checkpoint === undefined)
    request.analyses = await reportAnalyses(stores, job)
  // A later trade-off or analysis changes what a selector finds, and what a report shows.
  const isFinal = isTerminal(job.status) && !form.point && name !== 'report.html'
  const own = job.artifacts.find(artifact => artifact.name === name)
  const isDefault = form.checkpoint === undefined || (form.checkpoint === 'latest' && !restoresBest(job.spec))
  const isUsual = isDefault && !request.cut && Object.keys(request.variant).length === 0
  const { isMeasured, word } = artifactFile(request.name)
  if (own && isUsual && (isMeasured || job.status === 'succeeded')) return { artifact: own, isFinal }
  if (isMeasured) throw withoutMeasurement(job, request)
  const made = (await stores.exports.list(job.id)).get(exportKey(request))
  if (made) return { artifact: made, isFinal }
  if (word !== undefined && !request.checkpoint) throw withoutModel(job, name)
  return { artifact: await exportArtifact(stores, job, request), isFinal }
}

/**
 * Opens the bytes of an artifact, so that a fault of the store is reported before anything is sent. @returns an open file if the store
 * keeps files, otherwise a stream of the range
 * @param namespace of its blob: the id of its job, analysis or model
 * @throws BlobNotFoundError
 */
export async function openArtifact(
  blobs: Stores['blobs'],
  namespace: string,
  { sha256, sizeBytes }: Artifact,
  range: BlobRange | undefined,
): Promise<FileHandle | Readable> {
  const file = await blobs.openFile?.(namespace, sha256)
  if (!file) return (await blobs.open(namespace, sha256, range)).stream
  if ((await file.stat()).size === sizeBytes) return file
  await file.close()
  throw new Error(`The blob ${sha256} of ${namespace} is damaged.`)
}

/** The request with the trade-off that it depends on. @throws AppError as `findCut` does */
async function withTradeoff(
  stores: TradeoffStores,
  job: Job,
  request: ExportRequest,
  { point, checkpoint: which }: ArtifactForm,
): Promise<ExportRequest> {
  const { name, checkpoint } = request
  if (point) requireKept(job, 'checkpoints')
  if (point) return { ...request, cut: await findCut(stores, job, checkpoint, point, name) }
  if (name !== 'report.html') return request
  // The usual report describes all epochs, and the model of the job, which may be of an earlier one.
  const model = which === undefined ? findCheckpoint(job) : checkpoint
  return { ...request, tradeoff: await findTradeoff(stores, job, model) }
}

/** @throws AppError for a file that no job has, that does not exist yet, or that has no such variant */
function exportRequest(
  job: Job,
  name: string,
  { checkpoint: which, point: _, ...variant }: ArtifactForm,
): ExportRequest {
  if (!isArtifactName(name)) throw new AppError('not_found', `A job has no artifact "${name}".`)
  requireStopped(job, 'artifact_not_ready', 'artifacts exist')
  requireOffered(name, variant)
  const checkpoint = which === undefined ? defaultCheckpoint(job, name) : findCheckpoint(job, which)
  if (which === undefined || which === 'latest' || checkpoint) return { name, variant, checkpoint }
  requireKept(job, 'checkpoints')
  const epochs = job.checkpoints.map(({ epoch }) => epoch).join(', ') || 'none'
  throw new AppError(
    'not_found',
    `The job has no checkpoint "${which}"; it has checkpoints of epochs: ${epochs}.`,
  )
}

/** @throws AppError `invalid_request` that names each parameter and what it may be */
function requireOffered(name: ArtifactName, variant: ArtifactVariant): void {
  const offered: Readonly<Record<string, readonly string[]>> = { ...artifactFile(name).variants }
  const variants = Object.keys(offered).join(', ') || 'none'
  const mistakes = Object.entries(variant)
    .filter(([key, value]) => !offered[key]?.includes(value as string))
    .map(([path]) => ({
      path,
      message: offered[path]
        ? `must be ${offered[path].join(' or ')} for ${name}`
        : `${name} has no such variant; its variants are: ${variants}`,
    }))
  if (mistakes.length > 0) throw invalidFields(mistakes)
}

function withoutMeasurement(job: Job, { name, checkpoint }: ExportRequest): AppError {
  if (name === TRADEOFF_FILE) return tradeoffNotReady(job, checkpoint)
  return new AppError('not_found', `The job has no ${name}.`)
}

/** No epoch was completed, which is checked here to avoid starting a process. @throws AppError if the checkpoints have expired */
function withoutModel(job: Job, name: string): AppError {
  requireKept(job, 'checkpoints')
  const { status } = job
  if (isTerminal(status))
    return new AppError('not_found', `The job has no ${name}. No epoch was completed, so there is no model.`)
  return new AppError(
    'artifact_not_ready',
    `The job is ${status} and has no ${name} yet: no epoch was completed, so there is no model.`,
  )
}
