import { isDeepStrictEqual } from 'node:util'
import { BUILT_IN_DATASETS, type DatasetSelection, type DatasetSpec, UploadedData } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import type { Stores } from '#stores/connect.ts'
import { missingFiles } from '#uploads/dataset-files.ts'
import { resolveSpec } from './resolve-spec.ts'
import { type CheckpointSource, startFromCheckpoint } from './start-from-checkpoint.ts'
import { uploadedModel } from './uploaded-model.ts'

export type JobStores = Pick<
  Stores,
  'jobs' | 'idempotency' | 'measurements' | 'queue' | 'workers' | 'blobs' | 'datasets' | 'models'
> & {
  /** Where an operator puts datasets. */
  datasetsDir: string
}

/** What a request comes to, and the checkpoint file that the job starts from if it does. */
export interface ResolvedJob {
  spec: TrainingSpec
  warnings: Warning[]
  initFile?: Uint8Array
}

/**
 * Fills in what a request leaves open, and checks what it names.
 * @param kept where the checkpoint of `init` lies, if that is known
 * @throws AppError `invalid_request` naming every field that is wrong, `dataset_not_ready`
 */
export async function resolveJob(
  stores: JobStores,
  request: JobRequest,
  kept?: CheckpointSource,
): Promise<ResolvedJob> {
  const uploaded =
    'id' in request.model ? await uploadedModel(stores, request.model, request.init) : undefined
  const wanted = uploaded ? uploaded.init : request.init
  const resolved = resolveSpec(
    { ...request, init: wanted },
    { upload: await findUpload(stores, request.dataset), model: uploaded?.network },
  )
  const { spec } = resolved
  const warnings = [...(uploaded?.warnings ?? []), ...resolved.warnings]
  requireFiles(spec.dataset, stores.datasetsDir)
  if (!wanted) return { spec, warnings }
  const { init, file } = await startFromCheckpoint(stores, wanted, spec, kept)
  return { spec: { ...spec, init }, warnings, initFile: file }
}

/** @throws AppError `invalid_request` for an upload that is invalid or another than is given, `dataset_not_ready` for one in validation */
async function findUpload(
  { datasets }: Pick<Stores, 'datasets'>,
  selection: DatasetSelection | undefined,
): Promise<UploadedData | undefined> {
  if (!selection) return undefined
  const { id, upload: given } = selection
  if (BUILT_IN_DATASETS.has(id)) {
    if (given) refuse('dataset.upload', `must be left out: ${id} is built in`)
    return undefined
  }
  const record = await datasets.get(id)
  if (!record) return undefined
  const { state } = record
  if (state.status === 'validating')
    throw new AppError('dataset_not_ready', `The dataset ${id} is being validated; try again soon.`)
  if (state.status === 'invalid') refuse('dataset.id', `is invalid: ${state.error}`)
  const upload = UploadedData.parse({ ...state.facts, sha256: state.sha256 })
  for (const [field, value] of Object.entries(given ?? {})) {
    if (!isDeepStrictEqual(value, upload[field as keyof UploadedData]))
      refuse(`dataset.upload.${field}`, `is not that of ${id}; leave it out to take the upload as it is`)
  }
  return upload
}

/** @throws AppError `invalid_request` for a dataset that nobody has brought */
function requireFiles({ id }: DatasetSpec, datasetsDir: string): void {
  const [missing] = missingFiles(id, datasetsDir)
  if (missing)
    refuse(
      'dataset.id',
      `there is no ${missing}: put the binary version of ${id} there (DATASETS_DIR); synthetic-cifar10 needs nothing`,
    )
}

function refuse(path: string, message: string): never {
  throw new AppError('invalid_request', `${path}: ${message}`, { mistakes: [{ path, message }] })
}
