import type { TrainingSpec } from '#domain/training-spec.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import type { TimedCuts } from '#optimization/tradeoff.ts'
import type { DataPlaces } from '#workers/data/load-splits.ts'
import type { SavedState } from './saved-state.ts'

/** A model of an analysed job. */
export interface AnalysedModel {
  jobId: string
  /** Of its job. */
  spec: TrainingSpec
  /** Completed epochs of its checkpoint. */
  epoch: number
  /** Reads it from its file, so that a computation holds only the models that it needs at a time. */
  read(): Promise<TrainedModel>
}

/** What a computation works on. */
export interface AnalysisInput {
  /** The spec of the first analysed job, with the dataset that the analysis reads. */
  spec: TrainingSpec
  /** In the order of the jobs. */
  models: readonly AnalysedModel[]
  /** As the kind has resolved them. */
  options: Readonly<Record<string, unknown>>
  /** Reads the file of another analysis that the request names. */
  readSource?: (() => Promise<Uint8Array>) | undefined
  places: DataPlaces
  /** Ends the computation with the signal's reason as the error. */
  signal: AbortSignal
  /** Reports progress, in a unit of the kind. May be called after every batch. */
  advance(done: number, total: number): Promise<void>
  /** What an earlier attempt has saved; absent in the first one. */
  saved?: SavedState | undefined
  /**
   * Offers a state from which a later attempt computes the same bits. May be called often: it is encoded and stored only if the last time
   * was long ago. @param done in the unit of `advance`; ascends
   */
  save(done: number, state: () => SavedState): Promise<void>
}

/** The outcome of an analysis. */
export interface AnalysisOutput {
  /** By name, as `src/analyses/` declares them. The same input gives the same bytes, but for times. */
  files: Readonly<Record<string, string | Uint8Array>>
  /** Times, which depend on the machine. */
  timed?: TimedCuts
}

export type Computation = (input: AnalysisInput) => Promise<AnalysisOutput>
