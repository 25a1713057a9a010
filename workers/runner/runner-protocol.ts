import type { ArtifactName } from '#domain/artifact.ts'
import type { EpochMetrics, Failure, Warning } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Progress } from '#workers/training/loop.ts'

/** What a runner is to do; the only thing it ever does. */
export interface TrainingTask {
  spec: TrainingSpec
  /** An empty folder of its own, where artifacts go under their names. */
  scratch: string
  /** Where an operator has put datasets. */
  datasetsDir?: string | undefined
  /** The file of the uploaded dataset that the spec names, if it does. */
  uploadFile?: string | undefined
  /** The checkpoint file to go on from. */
  from?: string | undefined
  /** Without that, the checkpoint file of another job whose weights to start from. */
  init?: string | undefined
  /** The metrics of the epochs before. */
  series: readonly EpochMetrics[]
}

/** From the supervisor to its runner; `keep` asks for a checkpoint before it stops. */
export type RunnerOrder = { type: 'train'; task: TrainingTask } | { type: 'stop'; keep: boolean }

/** From a runner to its supervisor: `ready` first, then the news of a task, `done` or `failed` last unless it was stopped. */
export type RunnerMessage = { type: 'ready' } | RunnerNews

export type RunnerNews =
  | Progress
  | { type: 'epoch'; metrics: EpochMetrics }
  | { type: 'warning'; warning: Warning }
  /** The file lies complete in the scratch folder, as for artifacts. `step` counts the updates made. */
  | { type: 'checkpoint'; name: string; epoch: number; step: number }
  | { type: 'artifact'; name: ArtifactName }
  /** The most memory that the runner has held. */
  | { type: 'done'; peakMemoryBytes: number }
  | { type: 'failed'; error: Failure }
