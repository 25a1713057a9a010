/** The loss of precision when a model's weights are rounded. */
export interface RoundingReport {
  /** Largest change of a weight. */
  maxAbsoluteError: number
  /** Non-zeros that became zero. */
  changedZeros: number
  /** Largest change of a weight as a multiple of the scale of its channel; with int8 only. */
  maxErrorInScales?: number
}
