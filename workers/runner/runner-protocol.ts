import type { Analysis } from '#domain/analysis.ts'
import type { ArtifactName } from '#domain/artifact.ts'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import type { EndReason, Failure, ProgressFrame, Warning } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { TimedCuts } from '#optimization/tradeoff.ts'
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

/** The task of an analysis. */
export interface AnalysisTask {
  analysis: Analysis
  /** That of the first analysed job, with the dataset that the analysis reads. */
  spec: TrainingSpec
  /** The checkpoint files of the analysed jobs, in their order. */
  checkpoints: readonly string[]
  /** The file of another analysis that this one reads, if it reads one. */
  source?: string | undefined
  /** The state that an earlier attempt has saved. */
  state?: string | undefined
  /** As in `TrainingTask`. */
  scratch: string
  datasetsDir?: string | undefined
  uploadFile?: string | undefined
}

export type TaskOrder = { type: 'train'; task: TrainingTask } | { type: 'analyse'; task: AnalysisTask }

/** From the supervisor to its runner; `keep` requests a checkpoint before the runner stops. */
export type RunnerOrder = TaskOrder | { type: 'stop'; keep: boolean }

/**
 * From a runner to its supervisor: `ready`, then the reports of a task, the last one `done`, `analysed` or `failed` unless it was stopped.
 * After `done` or `analysed` it is `ready` for another task, or ends.
 */
export type RunnerMessage = { type: 'ready' } | RunnerReport

export type RunnerReport = TrainingReport | AnalysisReport | TaskReport

/** The reports of every task. */
type TaskReport =
  | { type: 'warning'; warning: Warning }
  | { type: 'failed'; error: Failure }
  /**
   * The file is complete in the scratch folder; the same holds for artifacts. `step` is the number of updates, or of an analysis the units
   * of work that are done.
   */
  | ({ type: 'checkpoint'; name: string; isBest: boolean; isLast: boolean } & Pick<
      CheckpointRecord,
      'epoch' | 'step' | 'phase'
    >)

type TrainingReport =
  /** With `tradeoff` when all epochs are complete and the trade-off is measured. */
  | (Progress & Pick<ProgressFrame, 'tradeoff'>)
  | { type: 'epoch'; metrics: EpochMetrics }
  /** `epoch` counts the completed epochs of its model or metrics. */
  | { type: 'artifact'; name: ArtifactName; epoch: number }
  /** The completed epochs of the model, and the most memory that the runner has held during the task. */
  | ({ type: 'done'; reason: EndReason; modelEpoch: number; peakMemoryBytes: number } & TimedCuts)

type AnalysisReport =
  | { type: 'advance'; done: number; total: number }
  /** The file is complete in the scratch folder. */
  | { type: 'file'; name: string }
  | ({ type: 'analysed'; peakMemoryBytes: number } & TimedCuts)

/** Resolves when the report has been sent. */
export type SendReport = (report: RunnerReport) => Promise<void>
