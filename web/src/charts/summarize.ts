import type { Series } from './series.ts'

interface Words {
  /** The name of the x axis within a sentence: epoch. */
  x: string
  formatX: (x: number) => string
  formatY: (y: number) => string
}

/** At most so many curves are described one by one. */
const DESCRIBED = 6

/** What a chart shows, in sentences: for each curve its first and last value and its extremes. */
export function summarize(series: readonly Series[], words: Words): string {
  const described = series.slice(0, DESCRIBED).map(curve => describe(curve, words))
  const rest = series.length - described.length
  return [...described, ...(rest > 0 ? [`${rest} more curves are in the table.`] : [])].join(' ')
}

function describe({ label, xs, ys }: Series, { x, formatX, formatY }: Words): string {
  const points = Array.from(ys.keys()).filter(point => Number.isFinite(ys[point]))
  if (points.length === 0) return `${label} has no points.`
  const [first, last] = [points[0]!, points.at(-1)!]
  if (points.length === 1) return `${label} is ${formatY(ys[first]!)} at ${x} ${formatX(xs[first]!)}.`
  const lowest = points.reduce((low, point) => (ys[point]! < ys[low]! ? point : low))
  const highest = points.reduce((high, point) => (ys[point]! > ys[high]! ? point : high))
  const at = (point: number) => `${formatY(ys[point]!)} at ${x} ${formatX(xs[point]!)}`
  return `${label} goes from ${at(first)} to ${at(last)}; lowest ${at(lowest)}, highest ${at(highest)}.`
}
