import type { Column } from '../components/data-table.tsx'
import { PagedTable } from '../components/paged-table.tsx'
import type { Series } from './series.ts'
import { type TableRow, tableRows } from './table-rows.ts'
import type { XAxis } from './x-axis.ts'

interface ChartTableProps {
  caption: string
  series: readonly Series[]
  x: XAxis
  formatY: (y: number) => string
}

/** The figures of a chart, without smoothing and decimation. */
export function ChartTable({ caption, series, x, formatY }: ChartTableProps) {
  const columns: Column<TableRow>[] = [
    { id: 'x', header: x.label, numeric: true, cell: row => x.format(row.x) },
    ...series.map(({ label }, index) => ({
      id: label,
      header: label,
      numeric: true,
      cell: (row: TableRow) => (Number.isFinite(row.ys[index]) ? formatY(row.ys[index]!) : '–'),
    })),
  ]
  return (
    <PagedTable caption={caption} columns={columns} rows={tableRows(series)} rowKey={row => String(row.x)} />
  )
}
