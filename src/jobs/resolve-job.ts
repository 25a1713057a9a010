import { isDeepStrictEqual } from 'node:util'
import { BUILT_IN_DATASETS, type DatasetSelection, type DatasetSpec, UploadedData } from '#domain/dataset.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import type { Stores } from '#stores/connect.ts'
import { type Allowed, tenantLimits } from '#stores/tenant-limits.ts'
import { missingFiles } from '#uploads/dataset-files.ts'
import { resolveSpec } from './resolve-spec.ts'
import { type CheckpointSource, startFromCheckpoint } from './start-from-checkpoint.ts'
import { uploadedModel } from './uploaded-model.ts'

export type JobStores = Pick<
  Stores,
  | 'owner'
  | 'jobs'
  | 'analyses'
  | 'idempotency'
  | 'measurements'
  | 'queue'
  | 'waiting'
  | 'tenantSettings'
  | 'keys'
  | 'usage'
  | 'workers'
  | 'usage'
  | 'blobs'
  | 'datasets'
  | 'models'
> & {
  /** The operator's folder of datasets. */
  datasetsDir: string
}

/** A resolved request, with the checkpoint file that the job starts from, if any. */
export interface ResolvedJob {
  spec: TrainingSpec
  warnings: Warning[]
  initFile?: Uint8Array
}

/** What a caller knows already. */
interface Known {
  /** The location of the checkpoint of `init`. */
  kept?: CheckpointSource | undefined
  allowed?: Allowed | undefined
}

/**
 * Fills in the defaults of a request, and checks the datasets, models and checkpoints that it names.
 * @throws AppError `invalid_request` that names every wrong field, `dataset_not_ready`
 */
export async function resolveJob(
  stores: JobStores,
  request: JobRequest,
  { kept, allowed }: Known = {},
): Promise<ResolvedJob> {
  const uploaded =
    'id' in request.model ? await uploadedModel(stores, request.model, request.init) : undefined
  const wanted = uploaded ? uploaded.init : request.init
  const limits = allowed ?? (await tenantLimits(stores, stores.owner.tenant))
  const { expiresAfterSeconds = limits.expiresAfterSeconds } = request
  const resolved = resolveSpec(
    { ...request, init: wanted, loss: request.loss ?? uploaded?.loss, expiresAfterSeconds },
    { upload: await findUpload(stores, request.dataset), model: uploaded?.network },
  )
  const { spec } = resolved
  const warnings = [...(uploaded?.warnings ?? []), ...resolved.warnings]
  requireFiles(spec.dataset, stores.datasetsDir)
  if (!wanted) return { spec, warnings }
  const { init, file } = await startFromCheckpoint(stores, wanted, spec, kept)
  return { spec: { ...spec, init }, warnings, initFile: file }
}

/** @throws AppError `invalid_request` for an upload that is invalid or differs from the given facts, `dataset_not_ready` for one that is being uploaded or validated */
export async function findUpload(
  { datasets }: Pick<Stores, 'datasets'>,
  selection: DatasetSelection | undefined,
): Promise<UploadedData | undefined> {
  if (!selection) return undefined
  const { id, upload: given } = selection
  if (BUILT_IN_DATASETS.has(id)) {
    if (given) throw invalidRequest('dataset.upload', `must be omitted: ${id} is built in`)
    return undefined
  }
  const record = await datasets.get(id)
  if (!record) return undefined
  const { state } = record
  if (state.status === 'uploading')
    throw new AppError('dataset_not_ready', `The dataset ${id} is still being uploaded.`)
  if (state.status === 'validating')
    throw new AppError('dataset_not_ready', `The dataset ${id} is still being validated; try again soon.`)
  if (state.status === 'invalid') throw invalidRequest('dataset.id', `is invalid: ${state.error}`)
  const upload = UploadedData.parse({ ...state.facts, sha256: state.sha256 })
  for (const [field, value] of Object.entries(given ?? {})) {
    if (!isDeepStrictEqual(value, upload[field as keyof UploadedData]))
      throw invalidRequest(`dataset.upload.${field}`, `differs from ${id}; omit it to use the upload`)
  }
  return upload
}

/** @throws AppError `invalid_request` for a dataset whose files the operator has not provided */
export function requireFiles({ id }: DatasetSpec, datasetsDir: string): void {
  const [missing] = missingFiles(id, datasetsDir)
  if (missing)
    throw invalidRequest(
      'dataset.id',
      `the file ${missing} is missing: put the binary version of ${id} into DATASETS_DIR; synthetic-cifar10 needs no files`,
    )
}
