import type { Owned } from '#access/owner.ts'
import type { DatasetFacts } from '#domain/dataset.ts'
import type { Warning } from '#domain/event.ts'
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

/** An uploaded model: its network, and a checkpoint of its weights if it has any. */
export interface ModelRecord extends Owned {
  id: string
  name: string
  createdAt: string
  model: ModelRequest
  weights?: { sha256: string; sizeBytes: number; hasState: boolean }
  /** Differences between training and the files; absent in records of older versions. */
  warnings?: Warning[]
}
