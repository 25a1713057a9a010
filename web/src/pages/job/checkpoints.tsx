import type { Job, KeptCheckpoint } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../format/numbers.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

interface CheckpointsProps {
  job: Job
  /** Changes when there may be other checkpoints. */
  version: string
}

const COLUMNS: Column<KeptCheckpoint>[] = [
  { id: 'kind', header: 'Kept as', cell: row => row.kind },
  { id: 'epoch', header: 'Epoch', numeric: true, cell: row => row.epoch },
  { id: 'step', header: 'Step', numeric: true, cell: row => formatCount(row.step) },
  {
    id: 'score',
    header: 'Validation',
    numeric: true,
    cell: ({ validationAccuracy, validationLoss }) =>
      validationAccuracy === undefined ? formatNumber(validationLoss) : formatPercent(validationAccuracy),
  },
  { id: 'size', header: 'Size', numeric: true, cell: row => formatBytes(row.sizeBytes) },
  { id: 'resumable', header: 'Resumable', cell: row => (row.resumable ? 'yes' : 'no') },
]

/** The checkpoints that the job keeps. */
export function Checkpoints({ job, version }: CheckpointsProps) {
  const { jobs } = client.value
  const { data, error } = useLoaded(() => jobs.checkpoints(job.id), [job.id, version, jobs])
  return (
    <Panel title="Checkpoints">
      {error && <ProblemNotice error={error} />}
      {data && data.data.length > 0 && (
        <DataTable
          caption="Checkpoints"
          columns={COLUMNS}
          rows={data.data}
          rowKey={row => `${row.kind} ${row.epoch} ${row.step}`}
        />
      )}
      {data?.data.length === 0 && <EmptyState title="The job keeps no checkpoint." />}
    </Panel>
  )
}
