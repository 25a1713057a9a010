import type { Colors } from './terminal.ts'
import { cut, harmless, padEnd, padStart, widthOf } from './text.ts'

export interface Column<Row> {
  title: string
  /** The text of a cell, without colours. */
  value: (row: Row) => string
  /** Colours the text of a cell, which may be cut. */
  color?: (text: string, row: Row) => string
  align?: 'left' | 'right'
  /** Columns of a higher number are left out first if the table is too wide. Default 0: never. */
  optional?: number
  /** A cell may be cut to this width if the table is too wide. */
  shrinkTo?: number
}

export interface TableOptions {
  colors: Colors
  /** Undefined: no limit. */
  columns?: number | undefined
}

const GAP = 2

/** The lines of a table. In a terminal of `columns` it leaves out optional columns, and cuts cells, until it fits. */
export function table<Row>(
  titled: readonly Column<Row>[],
  rows: readonly Row[],
  { colors, columns = Number.POSITIVE_INFINITY }: TableOptions,
): string[] {
  const all = titled.map(column => ({
    ...column,
    title: harmless(column.title),
    value: (row: Row) => harmless(column.value(row)),
  }))
  const shown = fit(all, rows, columns)
  const line = (cells: string[]) => cells.join(' '.repeat(GAP)).trimEnd()
  const pad = ({ align }: Column<Row>, text: string, width: number) =>
    align === 'right' ? padStart(text, width) : padEnd(text, width)
  const header = line(
    shown.map(({ column, width }) => pad(column, colors.dim(cut(column.title, width)), width)),
  )
  const body = rows.map(row =>
    line(
      shown.map(({ column, width }) => {
        const text = cut(column.value(row), width)
        return pad(column, column.color ? column.color(text, row) : text, width)
      }),
    ),
  )
  return [header, ...body]
}

/** The columns that fit beside each other, with their widths. The last ones are cut first. */
function fit<Row>(all: readonly Column<Row>[], rows: readonly Row[], columns: number) {
  let shown = all.map(column => {
    const width = Math.max(widthOf(column.title), ...rows.map(row => widthOf(column.value(row))))
    return { column, width, least: Math.min(width, column.shrinkTo ?? width) }
  })
  const excess = (size: 'width' | 'least') =>
    shown.reduce((sum, each) => sum + each[size] + GAP, -GAP) - columns
  while (excess('least') > 0) {
    const last = Math.max(...shown.map(({ column }) => column.optional ?? 0))
    if (last === 0) break
    shown = shown.filter(({ column }) => column.optional !== last)
  }
  for (const each of shown.toReversed())
    each.width = Math.max(each.least, each.width - Math.max(0, excess('width')))
  return shown
}
