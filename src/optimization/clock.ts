/** The counters of an optimizer. They are integers and float64 on the host, since float32 would drift. */
export type Clock = {
  /** The number of updates so far. */
  step: number
  /** The current threshold, below which weights are zero; absent for an optimizer without one. */
  l1?: number
  /** The sum of the learning rates so far; absent for an optimizer that does not depend on it. */
  time?: number
  /** The scale of the threshold that a target has chosen for the current epoch. */
  c?: number
}
