import type { AnalysisKindDefinition, JobChoice, SourceChoice } from '#analyses/analysis-base.ts'
import { type AnalysisRequest, kindOf } from '#analyses/analysis-request.ts'
import type { AnalysedJob, Analysis } from '#domain/analysis.ts'
import { epochCheckpoints, findCheckpoint } from '#domain/checkpoint.ts'
import type { DatasetSpec } from '#domain/dataset.ts'
import { invalidFields, invalidRequest } from '#domain/error.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import { filesOf } from './read-analysis-file.ts'
import { whyExpired } from './require-kept.ts'
import { requireStopped } from './require-stopped.ts'
import { findUpload, type JobStores, requireFiles } from './resolve-job.ts'
import { type JobDraft, type Submission, type Submitted, submitOnce } from './submit-job.ts'

/**
 * Submits an analysis of finished jobs. It has its own copies of their checkpoints, so they may be deleted meanwhile.
 * @throws AppError `invalid_request`, `artifact_not_ready`, `dataset_not_ready`, `insufficient_memory`, `idempotency_key_reused`
 */
export async function createAnalysis(
  stores: JobStores,
  request: AnalysisRequest,
  submission: Submission,
): Promise<Submitted> {
  return await submitOnce(stores, submission, () => draftAnalysis(stores, request))
}

async function draftAnalysis(stores: JobStores, request: AnalysisRequest): Promise<JobDraft> {
  const { kind, name, labels, priority, maxRestarts, maxRuntimeSeconds } = request
  const jobs: AnalysedJob[] = []
  const definition = kindOf(kind)
  for (const [index, choice] of request.jobs.entries())
    jobs.push(...(await findJobs(stores, choice, `jobs.${index}`, definition)))
  const dataset = await findDataset(stores, request, jobs[0]!)
  const { source, analysis } = await findSource(stores, definition.source?.(request))
  const { options, mistakes, warnings } = definition.resolve(request, { jobs, dataset, source: analysis })
  if (mistakes.length > 0) throw invalidFields(mistakes)
  const { spec } = jobs[0]!
  const read = dataset ? readAs(spec.dataset, dataset) : spec.dataset
  requireFiles(read, stores.datasetsDir)
  return {
    spec: { ...spec, dataset: read, labels, priority, maxRestarts, maxRuntimeSeconds },
    warnings,
    origin: {
      ...(name !== undefined && { name }),
      analysis: { kind, options, jobs, ...(source && { source }) },
    },
    copyFiles: analysisId => copyAnalysed(stores, { jobs, source }, analysisId),
  }
}

/** Another dataset with the preprocessing of the job. */
function readAs({ normalize, scale }: DatasetSpec, { id, upload }: DatasetSpec): DatasetSpec {
  return {
    id,
    ...(normalize && { normalize }),
    ...(scale && { scale }),
    ...(upload && { upload }),
  }
}

/** The chosen checkpoint of a job, or all that a kind takes. */
async function findJobs(
  { jobs }: Pick<JobStores, 'jobs'>,
  choice: JobChoice,
  path: string,
  { takesEveryCheckpoint }: Pick<AnalysisKindDefinition<AnalysisRequest>, 'takesEveryCheckpoint'>,
): Promise<AnalysedJob[]> {
  const { id, checkpoint: which } = typeof choice === 'string' ? { id: choice } : choice
  const job = await jobs.get(id)
  if (!job) throw invalidRequest(path, `there is no job ${id}`)
  requireStopped(job, 'artifact_not_ready', `${id} can be analysed`)
  const checkpoint = findCheckpoint(job, which)
  if (checkpoint && which === undefined && takesEveryCheckpoint)
    return epochCheckpoints(job).map(kept => ({ id, spec: job.spec, checkpoint: kept }))
  if (checkpoint) return [{ id, spec: job.spec, checkpoint }]
  const expired = whyExpired(job, 'checkpoints')
  if (expired) throw invalidRequest(path, `has no model any more: ${expired}`)
  const epochs = job.checkpoints.map(({ epoch }) => epoch).join(', ') || 'none'
  if (which === undefined || epochs === 'none')
    throw invalidRequest(path, `must be a job with a model: ${id} has completed no epoch`)
  throw invalidRequest(
    `${path}.checkpoint`,
    `${id} has no such checkpoint; it has checkpoints of epochs: ${epochs}`,
  )
}

/** The file of another analysis that a request names. */
async function findSource(
  { analyses }: Pick<JobStores, 'analyses'>,
  choice: SourceChoice | undefined,
): Promise<Pick<Analysis, 'source'> & { analysis?: Analysis }> {
  if (!choice) return {}
  const { path, analysisId, kind, file } = choice
  const record = await analyses.get(analysisId)
  if (!record) throw invalidRequest(path, `there is no analysis ${analysisId}`)
  const { analysis, status } = record
  if (analysis!.kind !== kind)
    throw invalidRequest(
      path,
      `must be an analysis of the kind ${kind}; ${analysisId} is of the kind ${analysis!.kind}`,
    )
  const found = filesOf(record).find(({ name }) => name === file)
  if (!found) throw invalidRequest(path, `must be an analysis that has succeeded; ${analysisId} is ${status}`)
  return { source: { analysisId, name: file, sha256: found.sha256 }, analysis: analysis! }
}

/** @returns the dataset that the request names. Without one, the analysis reads that of the first job, which must still exist */
async function findDataset(
  stores: JobStores,
  request: AnalysisRequest,
  { spec }: AnalysedJob,
): Promise<DatasetSpec | undefined> {
  if (!('dataset' in request) || !request.dataset) {
    const { id, upload } = spec.dataset
    if (upload && !(await stores.datasets.has(id)))
      throw invalidRequest('jobs.0', `must be a job whose dataset exists: ${id} was deleted`)
    return undefined
  }
  const { id } = request.dataset
  const upload = await findUpload(stores, request.dataset)
  if (!upload && id.startsWith('dataset_')) throw invalidRequest('dataset.id', `there is no dataset ${id}`)
  return { id, ...(upload && { upload }) }
}

async function copyAnalysed(
  { blobs }: Pick<JobStores, 'blobs'>,
  { jobs, source }: Pick<Analysis, 'jobs' | 'source'>,
  analysisId: string,
) {
  if (source) await blobs.put(analysisId, [await readBlob(blobs, source.analysisId, source.sha256)])
  for (const [index, { id, checkpoint }] of jobs.entries()) {
    const bytes = await readBlob(blobs, id, checkpoint.sha256).catch(error => {
      if (!(error instanceof BlobNotFoundError)) throw error
      // A paused job that is resumed deletes older checkpoints.
      throw invalidRequest(`jobs.${index}`, `the checkpoint of ${id} was deleted meanwhile; try again`)
    })
    await blobs.put(analysisId, [bytes])
  }
  return {}
}
