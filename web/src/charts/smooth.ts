import type { Series } from './series.ts'

/**
 * The exponential moving average of a curve, divided by the sum of its weights, so that the first points are not drawn
 * towards zero (the bias correction of Adam, Kingma and Ba 2015, section 3). Computed on every point, before decimation.
 *
 * @param weight of the past, from 0 (no smoothing) to below 1
 */
export function smooth(ys: Float64Array, weight: number): Float64Array {
  if (weight <= 0) return ys
  const smoothed = new Float64Array(ys.length)
  let [average, bias] = [0, 1]
  for (const [point, y] of ys.entries()) {
    if (!Number.isFinite(y)) {
      smoothed[point] = Number.NaN
      continue
    }
    average = weight * average + (1 - weight) * y
    bias *= weight
    smoothed[point] = average / (1 - bias)
  }
  return smoothed
}

export function smoothSeries(series: readonly Series[], weight: number): readonly Series[] {
  return weight <= 0 ? series : series.map(curve => ({ ...curve, ys: smooth(curve.ys, weight) }))
}
