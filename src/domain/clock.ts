/** The counters of an optimizer. They are integers and float64 on the host, since float32 would drift. */
export type Clock = {
  /** Updates made. */
  step: number
  /** The current threshold, below which weights are zero, of an optimizer that has one. */
  l1?: number
  /** Sum of the learning rates so far, of an optimizer that depends on it. */
  time?: number
}
