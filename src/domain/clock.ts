/** What an optimizer counts, on the host: integers and float64, for in float32 they would drift. */
export type Clock = {
  /** Updates made. */
  step: number
  /** The threshold below which weights are zero now, for optimizers that have one. */
  l1?: number
  /** Sum of the learning rates so far, for optimizers that go by it. */
  time?: number
}
