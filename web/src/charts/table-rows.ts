import type { Series } from './series.ts'

export interface TableRow {
  x: number
  /** One for each curve; NaN where it has no point. */
  ys: number[]
}

/** One row for each x of any curve, in their order. */
export function tableRows(series: readonly Series[]): TableRow[] {
  const rows = new Map<number, TableRow>()
  for (const [index, { xs, ys }] of series.entries())
    for (const [point, x] of xs.entries()) {
      const row = rows.get(x) ?? { x, ys: new Array(series.length).fill(Number.NaN) }
      row.ys[index] = ys[point]!
      rows.set(x, row)
    }
  return [...rows.values()].sort((first, second) => first.x - second.x)
}
