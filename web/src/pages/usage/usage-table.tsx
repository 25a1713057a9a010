import type { UsageRow } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { formatCount } from '../../format/numbers.ts'
import { formatTime } from '../../format/times.ts'
import { MEASURE_NAMES, MEASURES } from './usage-measures.ts'

const MOST = 500

const COLUMNS: Column<UsageRow>[] = [
  { id: 'hour', header: 'Hour', cell: ({ hour }) => <time dateTime={hour}>{formatTime(hour)}</time> },
  { id: 'key', header: 'Key', cell: ({ keyId }) => <span class="mono">{keyId}</span> },
  ...MEASURE_NAMES.map(
    (name): Column<UsageRow> => ({
      id: name,
      header: MEASURES[name].label,
      numeric: true,
      cell: row => MEASURES[name].format(row[name]),
    }),
  ),
]

/** What each key has used in each hour, newest first. */
export function UsageTable({ rows }: { rows: UsageRow[] }) {
  return (
    <>
      <DataTable
        caption="Usage by hour and key"
        columns={COLUMNS}
        rows={rows.slice(0, MOST)}
        rowKey={({ hour, keyId }) => hour + keyId}
      />
      {rows.length > MOST && (
        <p class="chart-note">
          The newest {MOST} of {formatCount(rows.length)} rows are shown.
        </p>
      )}
    </>
  )
}
