import type { Dataset } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { formatNumber } from '../../format/numbers.ts'

interface Channel {
  channel: string
  mean: number
  std: number
}

const COLUMNS: Column<Channel>[] = [
  { id: 'channel', header: 'Channel', cell: ({ channel }) => channel },
  { id: 'mean', header: 'Mean', numeric: true, cell: ({ mean }) => formatNumber(mean) },
  { id: 'std', header: 'Standard deviation', numeric: true, cell: ({ std }) => formatNumber(std) },
]

/** Mean and standard deviation of each channel, as `dataset.normalize` of a job accepts them. */
export function ChannelStatistics({ mean, std }: NonNullable<Dataset['statistics']>) {
  const rows = mean.map((value, index) => ({ channel: String(index), mean: value, std: std[index]! }))
  return (
    <DataTable
      caption="Statistics by channel"
      columns={COLUMNS}
      rows={rows}
      rowKey={({ channel }) => channel}
    />
  )
}
