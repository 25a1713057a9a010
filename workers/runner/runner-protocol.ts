import type { ArtifactName } from '#domain/artifact.ts'
import type { EndReason, EpochMetrics, Failure, Warning } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Progress } from '#workers/training/loop.ts'

/** The task of a runner; each runner has one at a time. */
export interface TrainingTask {
  spec: TrainingSpec
  /** An empty folder for this task alone, where artifacts are written under their names. */
  scratch: string
  /** The operator's folder of datasets. */
  datasetsDir?: string | undefined
  /** The file of the uploaded dataset that the spec names, if it names one. */
  uploadFile?: string | undefined
  /** The checkpoint file to continue from. */
  from?: string | undefined
  /** The checkpoint file of the best epoch until then, if the model of the job is that of its best epoch. */
  best?: string | undefined
  /** Used if `from` is absent: the checkpoint file of another job whose weights the training starts from. */
  init?: string | undefined
  /** The metrics of the completed epochs. */
  series: readonly EpochMetrics[]
}

/** From the supervisor to its runner; `keep` requests a checkpoint before the runner stops. */
export type RunnerOrder = { type: 'train'; task: TrainingTask } | { type: 'stop'; keep: boolean }

/**
 * From a runner to its supervisor: `ready`, then the reports of a task, the last one `done` or `failed` unless it was stopped. After `done`
 * it is `ready` for another task, or ends.
 */
export type RunnerMessage = { type: 'ready' } | RunnerReport

export type RunnerReport =
  | Progress
  | { type: 'epoch'; metrics: EpochMetrics }
  | { type: 'warning'; warning: Warning }
  /** The file is complete in the scratch folder; the same holds for artifacts. `step` is the number of updates. */
  | { type: 'checkpoint'; name: string; epoch: number; step: number; isBest: boolean; isLast: boolean }
  /** `epoch` counts the completed epochs of its model or metrics. */
  | { type: 'artifact'; name: ArtifactName; epoch: number }
  /** The completed epochs of the model, and the most memory that the runner has held during the task. */
  | { type: 'done'; reason: EndReason; modelEpoch: number; peakMemoryBytes: number }
  | { type: 'failed'; error: Failure }

/** Resolves when the report has been sent. */
export type SendReport = (report: RunnerReport) => Promise<void>
