import type { ArtifactName } from '#domain/artifact.ts'
import type { EpochMetrics, Failure, Warning } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Progress } from './train.ts'

/** What a runner is to do; the only thing it ever does. */
export interface TrainingTask {
  spec: TrainingSpec
  /** An empty folder of its own, where artifacts go under their names. */
  scratch: string
}

/** From the supervisor to its runner. */
export type RunnerOrder = { type: 'train'; task: TrainingTask } | { type: 'stop' }

/** From a runner to its supervisor: `ready` first, then the news of a task, `done` or `failed` last unless it was stopped. */
export type RunnerMessage = { type: 'ready' } | RunnerNews

export type RunnerNews =
  | Progress
  | { type: 'epoch'; metrics: EpochMetrics }
  | { type: 'warning'; warning: Warning }
  /** The file lies complete in the scratch folder. */
  | { type: 'artifact'; name: ArtifactName }
  | { type: 'done' }
  | { type: 'failed'; error: Failure }
