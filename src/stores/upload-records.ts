import type { DatasetFacts } from '#domain/dataset.ts'
import type { Warning } from '#domain/event.ts'
import type { ModelRequest } from '#domain/model-spec.ts'

/** An uploaded dataset: what it is known as, and once it was validated what it holds. */
export interface DatasetRecord {
  id: string
  name: string
  createdAt: string
  state:
    | {
        status: 'validating'
        /** Of whose files it is made: only there can be said whether they are lost. Absent in records of older versions. */
        owner?: string
      }
    | { status: 'ready'; sha256: string; sizeBytes: number; facts: DatasetFacts }
    | { status: 'invalid'; error: string }
}

/** An uploaded model: its network, and a checkpoint of its weights if any came. */
export interface ModelRecord {
  id: string
  name: string
  createdAt: string
  model: ModelRequest
  weights?: { sha256: string; sizeBytes: number; hasState: boolean }
  /** What the files say and training does otherwise; absent in records from before they were kept. */
  warnings?: Warning[]
}
