import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { type Column, DataTable } from '../components/data-table.tsx'
import { formatCount } from '../format/numbers.ts'
import type { Series } from './series.ts'
import { type TableRow, tableRows } from './table-rows.ts'
import type { XAxis } from './x-axis.ts'

interface ChartTableProps {
  caption: string
  series: readonly Series[]
  x: XAxis
  formatY: (y: number) => string
}

const PAGE = 100

/** The figures of a chart, without smoothing and decimation. */
export function ChartTable({ caption, series, x, formatY }: ChartTableProps) {
  const [page, setPage] = useState(0)
  const all = tableRows(series)
  const from = Math.min(page * PAGE, Math.max(0, all.length - 1))
  const rows = all.slice(from, from + PAGE)
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
    <div class="chart-table">
      <DataTable caption={caption} columns={columns} rows={rows} rowKey={row => String(row.x)} />
      {all.length > PAGE && (
        <div class="row small">
          <Button disabled={from === 0} onClick={() => setPage(page - 1)}>
            Previous
          </Button>
          <Button disabled={from + PAGE >= all.length} onClick={() => setPage(page + 1)}>
            Next
          </Button>
          <span class="quiet">
            {formatCount(from + 1)} to {formatCount(from + rows.length)} of {formatCount(all.length)}
          </span>
        </div>
      )}
    </div>
  )
}
