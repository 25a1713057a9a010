import type { EpochMetrics } from '@thresher/client'
import { formatCount, formatPercent } from '../format/numbers.ts'
import { formatDuration } from '../format/times.ts'
import type { Series } from './series.ts'

export const X_CHOICES = ['epoch', 'step', 'time', 'sparsity'] as const
export type XChoice = (typeof X_CHOICES)[number]

export interface XAxis {
  label: string
  format: (x: number) => string
  /** Whether there is nothing between whole numbers. */
  whole?: boolean
}

/** What the x axis of a chart of epochs can be. `time` is the time of training, without waiting and restarts. */
export const X_AXES: Record<XChoice, XAxis> = {
  epoch: { label: 'epoch', format: x => String(Math.round(x * 100) / 100), whole: true },
  step: { label: 'step', format: formatCount, whole: true },
  time: { label: 'training time', format: formatDuration },
  sparsity: { label: 'sparsity', format: x => formatPercent(x) },
}

/** What an x can be of an epoch. */
type Placed = Pick<EpochMetrics, 'epoch' | 'step' | 'sparsity' | 'seconds'>

/** The x of every epoch, in the order of the epochs. */
export function xsOf(epochs: readonly Placed[], choice: XChoice): Float64Array {
  if (choice !== 'time') return Float64Array.from(epochs, epoch => epoch[choice])
  let elapsed = 0
  return Float64Array.from(epochs, ({ seconds }) => {
    elapsed += seconds
    return elapsed
  })
}

/** A curve of one metric over the epochs, in the order of x. A metric that an epoch lacks is a missing point. */
export function metricSeries<T>(
  epochs: readonly T[],
  label: string,
  metric: (epoch: T) => number | undefined,
  xs: Float64Array,
): Series {
  const ys = Float64Array.from(epochs, epoch => metric(epoch) ?? Number.NaN)
  if (isAscending(xs)) return { label, xs, ys }
  const order = Array.from(xs.keys()).sort((a, b) => xs[a]! - xs[b]!)
  return {
    label,
    xs: Float64Array.from(order, point => xs[point]!),
    ys: Float64Array.from(order, point => ys[point]!),
  }
}

function isAscending(xs: Float64Array): boolean {
  return xs.every((x, point) => point === 0 || x >= xs[point - 1]!)
}
