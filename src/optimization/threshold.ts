/** How a threshold grows, and which variables it does not apply to. */
export interface ThresholdRule {
  c: number
  mu: number
  /** The quantity that it grows with: the number of steps, or the sum of the learning rates. */
  clock: 'steps' | 'time'
  /** See `isExcluded`. */
  exclude: readonly string[]
  /** Present if it applies to whole output channels: see `outputChannelsOf`. */
  group?: 'outputChannels' | undefined
}

/** A threshold after some steps: kept on the host in float64, since in float32 it drifts by 1.3 % in 4e6 steps. */
export interface ThresholdState {
  /** The number of steps so far. */
  step: number
  /** Sum of the learning rates so far. */
  time: number
  /** l1, the threshold in the units of the weights. */
  l1: number
}

export const INITIAL_THRESHOLD: ThresholdState = { step: 0, time: 0, l1: 0 }

/**
 * The threshold after `steps` more steps at one learning rate: l1 + c lr^(mu + 1/2) (n^mu - (n - steps)^mu), or with the
 * clock `time` l1 + c lr^(1/2) (t_n^mu - t_(n - steps)^mu), where t_n is the sum of the learning rates (Chao, Wang, Xing and
 * Cheng, NeurIPS 2020, algorithm 1). Both agree while the learning rate is constant.
 */
export function growThreshold(
  state: ThresholdState,
  learningRate: number,
  { c, mu, clock }: Pick<ThresholdRule, 'c' | 'mu' | 'clock'>,
  steps = 1,
): ThresholdState {
  const step = state.step + steps
  const time = state.time + learningRate * steps
  const growth =
    clock === 'time'
      ? Math.sqrt(learningRate) * powerDifference(time, learningRate * steps, mu)
      : learningRate ** (mu + 0.5) * powerDifference(step, steps, mu)
  return { step, time, l1: state.l1 + c * growth }
}

/** end^mu - (end - length)^mu, without the cancellation that the difference of two powers suffers late in a run. */
function powerDifference(end: number, length: number, mu: number): number {
  if (length >= end) return end ** mu
  return end ** mu * -Math.expm1(mu * Math.log1p(-length / end))
}
