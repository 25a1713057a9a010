/** A curve: points in the order of x. A `y` that is not finite is a missing point. */
export interface Series {
  label: string
  xs: Float64Array
  ys: Float64Array
  /** Index of the colour; the dash follows from it when the colours repeat. Default: its place in the list. */
  style?: number
}

/** The least interval that contains every x, or null without points. */
export function extentOf(series: readonly Series[]): [number, number] | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { xs } of series) {
    if (xs.length === 0) continue
    from = Math.min(from, xs[0]!)
    to = Math.max(to, xs[xs.length - 1]!)
  }
  return from <= to ? [from, to] : null
}

/** Whether all curves have the same x, point by point. */
export function haveCommonX(series: readonly Series[]): boolean {
  const first = series[0]?.xs
  return series.every(
    ({ xs }) => xs === first || (xs.length === first?.length && xs.every((x, point) => x === first[point])),
  )
}

/** The first index whose x is at least `x`. */
export function lowerBound(xs: Float64Array, x: number): number {
  let [low, high] = [0, xs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (xs[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}

/** The first index whose x is above `x`. */
export function upperBound(xs: Float64Array, x: number): number {
  let [low, high] = [0, xs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (xs[middle]! <= x) low = middle + 1
    else high = middle
  }
  return low
}
