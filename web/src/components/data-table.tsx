import type { ComponentChildren } from 'preact'
import type { Sorting } from './sort-rows.ts'

export interface Column<T> {
  /** Names the column in the sorting. */
  id: string
  header: string
  /** In the place of the word, for example a box that selects all rows. */
  headerCell?: ComponentChildren
  cell: (row: T) => ComponentChildren
  /** Figures are aligned to the right. */
  numeric?: boolean
  /** Long text, in several lines. */
  wrap?: boolean
  sortable?: boolean
}

interface DataTableProps<T> {
  caption: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  sorting?: Sorting | undefined
  onSort?: (sorting: Sorting) => void
  /** The rows that are marked as chosen. */
  selected?: ReadonlySet<string>
}

/** A table whose headers sort it. It scrolls sideways within its own frame. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { caption, columns, rows, rowKey, sorting, onSort, selected } = props
  return (
    // biome-ignore lint/a11y/useSemanticElements: a region would repeat the heading of the panel around it
    <div
      class="table-frame"
      role="group"
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <Header key={column.id} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={rowKey(row)} class={selected?.has(rowKey(row)) ? 'selected' : undefined}>
              {columns.map(column => (
                <Cell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A text that does not fit has an ellipsis at its end, and the whole text in its tooltip. */
function Cell<T>({ column, row }: { column: Column<T>; row: T }) {
  const content = column.cell(row)
  return (
    <td class={classOf(column)} title={typeof content === 'string' ? content : undefined}>
      {content}
    </td>
  )
}

function classOf<T>({ numeric, wrap }: Column<T>): string | undefined {
  return numeric ? 'numeric' : wrap ? 'wrap' : undefined
}

interface HeaderProps<T> {
  column: Column<T>
  sorting: Sorting | undefined
  onSort: ((sorting: Sorting) => void) | undefined
}

function Header<T>({ column, sorting, onSort }: HeaderProps<T>) {
  const { id, header, numeric, sortable } = column
  const order = sorting?.by === id ? sorting.order : undefined
  const className = numeric ? 'numeric' : undefined
  if (!sortable || !onSort)
    return (
      <th scope="col" class={className} title={header}>
        {column.headerCell ?? header}
      </th>
    )
  const direction = order === 'asc' ? 'ascending' : order === 'desc' ? 'descending' : 'none'
  return (
    <th scope="col" class={className} aria-sort={direction}>
      <button
        type="button"
        class="sort"
        onClick={() => onSort({ by: id, order: order === 'desc' ? 'asc' : 'desc' })}
      >
        {header}
        {order && (
          <span aria-hidden="true" class="arrow">
            {order === 'asc' ? '↑' : '↓'}
          </span>
        )}
      </button>
    </th>
  )
}
