import type { TrainingSpec } from '#domain/training-spec.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import type { DataPlaces } from '#workers/data/load-splits.ts'

/** What a computation works on. */
export interface AnalysisInput {
  /** The spec of the first analysed job, with the dataset that the analysis reads. */
  spec: TrainingSpec
  jobIds: readonly string[]
  /** The models of the analysed jobs, in their order, each with the spec of its job. */
  models: readonly TrainedModel[]
  /** As the kind has resolved them. */
  options: Readonly<Record<string, unknown>>
  places: DataPlaces
  /** Ends the computation with the signal's reason as the error. */
  signal: AbortSignal
  /** Reports progress, in a unit of the kind. May be called after every batch. */
  advance(done: number, total: number): Promise<void>
}

/** The files of an analysis, by name, as `src/analyses/` declares them. The same input gives the same bytes. */
export type Computation = (input: AnalysisInput) => Promise<Readonly<Record<string, string | Uint8Array>>>
