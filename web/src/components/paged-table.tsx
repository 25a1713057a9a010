import { useState } from 'preact/hooks'
import { formatCount } from '../format/numbers.ts'
import { Button } from './button.tsx'
import { type Column, DataTable } from './data-table.tsx'

interface PagedTableProps<T> {
  caption: string
  columns: Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
}

const PAGE = 100

/** A table with a hundred rows at a time. */
export function PagedTable<T>({ caption, columns, rows: all, rowKey }: PagedTableProps<T>) {
  const [page, setPage] = useState(0)
  const from = Math.min(page * PAGE, Math.max(0, all.length - 1))
  const rows = all.slice(from, from + PAGE)
  return (
    <div class="chart-table">
      <DataTable caption={caption} columns={columns} rows={rows} rowKey={rowKey} />
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
