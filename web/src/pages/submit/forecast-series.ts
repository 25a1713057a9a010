import type { DryRun } from '@thresher/client'

type Planned = DryRun['plan']['epochs'][number]

export interface ForecastSeries {
  epochs: number[]
  learningRate: number[]
  /** null where an epoch has no such value. */
  threshold: (number | null)[]
  sparsity: (number | null)[]
  /** The bounds within which nine of ten forecasts were. */
  lowest: (number | null)[]
  highest: (number | null)[]
  /** The share of the initial weights within the threshold: an upper bound for most epochs. */
  initialSparsity: (number | null)[]
}

/** The epochs of a plan by column, as charts need them. */
export function forecastSeries(epochs: readonly Planned[]): ForecastSeries {
  const column = (of: (epoch: Planned) => number | undefined) => epochs.map(epoch => of(epoch) ?? null)
  const bound = (sign: number) =>
    column(({ forecastSparsity, forecastError = 0 }) =>
      forecastSparsity === undefined ? undefined : within(forecastSparsity + sign * forecastError),
    )
  return {
    epochs: epochs.map(({ epoch }) => epoch),
    learningRate: epochs.map(({ learningRate }) => learningRate),
    threshold: column(({ threshold }) => threshold),
    sparsity: column(({ forecastSparsity }) => forecastSparsity),
    lowest: bound(-1),
    highest: bound(1),
    initialSparsity: column(({ initialSparsity }) => initialSparsity),
  }
}

function within(share: number): number {
  return Math.min(Math.max(share, 0), 1)
}
