import { haveCommonX, lowerBound, type Series, upperBound } from './series.ts'

/** Rows of uPlot: one x for all curves; `undefined` where a curve has no point, `null` where its point is missing. */
export interface Rows {
  xs: ArrayLike<number>
  ys: (number | null | undefined)[][]
  /** Points that are drawn, and points within the interval. */
  shown: number
  total: number
}

/**
 * The points of curves within an interval, for a plot that is `columns` pixels wide.
 *
 * Curves with few points are returned exactly. Otherwise each pixel column of each curve keeps its lowest and its
 * highest point in the order in which they occur, so no spike is lost and the same data give the same picture.
 */
export function decimate(
  series: readonly Series[],
  from: number,
  to: number,
  columns: number,
  commonX: boolean = haveCommonX(series),
): Rows {
  const windows = series.map(({ xs }) => [lowerBound(xs, from), upperBound(xs, to)] as const)
  const counts = windows.map(([start, end]) => end - start)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (commonX && (counts[0] ?? 0) <= 2 * columns)
    return { ...exactRows(series, windows[0]), shown: total, total }
  if (!commonX && total <= 2 * columns) return { ...joinRows(series, windows), shown: total, total }
  return { ...columnRows(series, windows, from, to, columns), total }
}

type Window = readonly [start: number, end: number]

/** Curves with common x: their rows with one more on each side, so that lines continue to the edge. */
function exactRows(series: readonly Series[], window: Window = [0, 0]) {
  const xs = series[0]?.xs ?? new Float64Array()
  const [start, end] = widened(window, xs.length)
  return {
    xs: xs.subarray(start, end),
    ys: series.map(({ ys }) => Array.from(ys.subarray(start, end), finite)),
  }
}

/** Curves with their own x: the union of their rows. */
function joinRows(series: readonly Series[], windows: Window[]) {
  const wide = series.map(({ xs }, index) => widened(windows[index]!, xs.length))
  const union = new Set<number>()
  for (const [index, { xs }] of series.entries())
    for (let point = wide[index]![0]; point < wide[index]![1]; point++) union.add(xs[point]!)
  const xs = Float64Array.from(union).sort()
  const rowOf = new Map(Array.from(xs, (x, row) => [x, row]))
  const ys = series.map((curve, index) => {
    const rows: (number | null | undefined)[] = new Array(xs.length).fill(undefined)
    for (let point = wide[index]![0]; point < wide[index]![1]; point++)
      rows[rowOf.get(curve.xs[point]!)!] = finite(curve.ys[point]!)
    return rows
  })
  return { xs, ys }
}

/** Two rows for each pixel column, and one at each edge, where lines that cross it are interpolated. */
function columnRows(series: readonly Series[], windows: Window[], from: number, to: number, columns: number) {
  const width = (to - from) / columns
  const xs = new Float64Array(2 * columns + 2)
  xs[0] = from
  for (let row = 0; row < 2 * columns; row++) xs[row + 1] = from + ((row + 0.5) * width) / 2
  xs[xs.length - 1] = to
  let shown = 0
  const ys = series.map((curve, index) => {
    const rows: (number | undefined)[] = new Array(xs.length).fill(undefined)
    const [start, end] = windows[index]!
    rows[0] = crossing(curve, start, from)
    rows[xs.length - 1] = crossing(curve, end, to)
    shown += fillColumns(curve, start, end, from, width, columns, rows)
    return rows
  })
  return { xs, ys, shown }
}

/** Writes the extremes of each column into its two rows. @returns how many points were written */
function fillColumns(
  { xs, ys }: Series,
  start: number,
  end: number,
  from: number,
  width: number,
  columns: number,
  rows: (number | undefined)[],
): number {
  let shown = 0
  for (let point = start; point < end; ) {
    const column = Math.min(columns - 1, Math.floor((xs[point]! - from) / width))
    let [lowest, highest] = [-1, -1]
    for (
      ;
      point < end && Math.min(columns - 1, Math.floor((xs[point]! - from) / width)) === column;
      point++
    ) {
      const y = ys[point]!
      if (!Number.isFinite(y)) continue
      if (lowest < 0 || y < ys[lowest]!) lowest = point
      if (highest < 0 || y > ys[highest]!) highest = point
    }
    if (lowest < 0) continue
    rows[2 * column + 1] = ys[Math.min(lowest, highest)]!
    shown++
    if (lowest === highest) continue
    rows[2 * column + 2] = ys[Math.max(lowest, highest)]!
    shown++
  }
  return shown
}

/** The y of the line from the point before `next` to `next`, at x. */
function crossing({ xs, ys }: Series, next: number, x: number): number | undefined {
  if (next === 0 || next >= xs.length) return undefined
  const [x0, x1, y0, y1] = [xs[next - 1]!, xs[next]!, ys[next - 1]!, ys[next]!]
  const y = x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
  return Number.isFinite(y) ? y : undefined
}

function widened([start, end]: Window, length: number): Window {
  return [Math.max(0, start - 1), Math.min(length, end + 1)]
}

function finite(y: number): number | null {
  return Number.isFinite(y) ? y : null
}
