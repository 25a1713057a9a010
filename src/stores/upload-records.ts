import type { Owned } from '#access/owner.ts'
import type { DatasetFacts } from '#domain/dataset.ts'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import type { ModelRequest } from '#domain/model-spec.ts'

/** An uploaded dataset and, after its validation, its facts. */
export interface DatasetRecord extends Owned {
  id: string
  name: string
  createdAt: string
  state:
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

/** The bytes of the files of an upload or a registered model. */
export function bytesOfUpload(record: Partial<Pick<DatasetRecord, 'state'> & ModelRecord>): number {
  const { state, weights, source } = record
  if (state) return state.status === 'ready' ? state.sizeBytes : 0
  return (
    (weights?.sizeBytes ?? 0) + (source?.artifacts ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  )
}
