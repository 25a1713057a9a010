import type { Owned } from '#access/owner.ts'
import type { DatasetFacts } from '#domain/dataset.ts'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import type { ModelRequest } from '#domain/model-spec.ts'
import type { DatasetRequest } from '#ingest/dataset-request.ts'

/** A file that is sent in chunks. */
export interface ChunkedFile {
  name: string
  sizeBytes: number
  receivedBytes: number
  /** The digests of its chunks in their order; each is a blob in the namespace of the dataset. Empty once the files are assembled. */
  chunks: string[]
}

/** An uploaded dataset and, after its validation, its facts. */
export interface DatasetRecord extends Owned {
  id: string
  name: string
  createdAt: string
  /** The files of an upload in chunks; kept after the upload, so that a repeated chunk is recognized. */
  files?: ChunkedFile[]
  state:
    | { status: 'uploading'; request: DatasetRequest }
    | {
        status: 'validating'
        /** The owner of its files, which alone can determine whether they are lost. Absent in records of older versions. */
        owner?: string
      }
    | { status: 'ready'; sha256: string; sizeBytes: number; facts: DatasetFacts }
    | { status: 'invalid'; error: string }
}

/** An uploaded or registered model: its network, and a checkpoint of its weights if it has any. */
export interface ModelRecord extends Owned {
  id: string
  name: string
  createdAt: string
  model: ModelRequest
  weights?: { sha256: string; sizeBytes: number; hasState: boolean }
  /** Differences between training and the files; absent in records of older versions. */
  warnings?: Warning[]
  /** Present in a registered model, with `source`. */
  version?: number
  /**
   * The job that it was registered from, at that time: with one checkpoint, the trade-off of its model as its only files, and the id of the
   * model, which is the namespace of its files.
   */
  source?: Job
  /** The id of that job. */
  jobId?: string
}

/** An upload in chunks that has not been assembled. */
export interface UploadingDataset extends DatasetRecord {
  files: ChunkedFile[]
  state: Extract<DatasetRecord['state'], { status: 'uploading' }>
}

export function isUploading(record: DatasetRecord): record is UploadingDataset {
  return record.state.status === 'uploading'
}

/** Whether every byte of every file has arrived. */
export function isComplete({ files }: UploadingDataset): boolean {
  return files.every(({ sizeBytes, receivedBytes }) => receivedBytes === sizeBytes)
}

/** A version of a registered name. */
export interface RegisteredModel extends ModelRecord {
  version: number
  source: Job
  jobId: string
  weights: NonNullable<ModelRecord['weights']>
}

export function isRegistered(model: ModelRecord): model is RegisteredModel {
  return model.version !== undefined && model.source !== undefined
}

/** The bytes of the files of an upload or a registered model. An upload in chunks counts as what its client has announced. */
export function bytesOfUpload(record: Partial<Pick<DatasetRecord, 'state' | 'files'> & ModelRecord>): number {
  const { state, files = [], weights, source } = record
  if (state?.status === 'uploading') return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (state) return state.status === 'ready' ? state.sizeBytes : 0
  return (
    (weights?.sizeBytes ?? 0) + (source?.artifacts ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  )
}
