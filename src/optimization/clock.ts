/** The scale c of the threshold that a target has chosen for an epoch, and what was known at its start. */
export interface Steering {
  c: number
  l1: number
  /** The magnitude in the accumulator that the wanted number of weights exceeds. */
  quantile: number
}

/** The counters of an optimizer. They are integers and float64 on the host, since float32 would drift. */
export type Clock = {
  /** The number of updates so far. */
  step: number
  /** The current threshold, below which weights are zero; absent for an optimizer without one. */
  l1?: number
  /** The sum of the learning rates so far; absent for an optimizer that does not depend on it. */
  time?: number
  /** Of a job with a target, for the current epoch. */
  steering?: Steering
}
