import type { ListedAnalysis } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { Time } from '../../components/time.tsx'
import { formatCount, formatPercent } from '../../format/numbers.ts'
import { isTerminal } from '../../state/job-status.ts'
import { linkTo } from '../../state/location.ts'
import { analysisName } from './kinds.ts'

const COLUMNS: Column<ListedAnalysis>[] = [
  {
    id: 'name',
    header: 'Analysis',
    cell: analysis => (
      <a href={linkTo(`/analyses/${analysis.id}`)}>
        <FreeText text={analysisName(analysis)} />
      </a>
    ),
  },
  { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'progress',
    header: 'Progress',
    numeric: true,
    cell: ({ status, progress }) => (isTerminal(status) ? '–' : formatPercent(progress.fraction, 0)),
  },
  { id: 'jobs', header: 'Jobs', numeric: true, cell: ({ jobs }) => formatCount(countOfJobs(jobs)) },
  { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

/** Analyses in a table, one row each. */
export function AnalysisTable({ analyses }: { analyses: readonly ListedAnalysis[] }) {
  return <DataTable caption="Analyses" columns={COLUMNS} rows={[...analyses]} rowKey={({ id }) => id} />
}

/** A job may be analysed at several of its checkpoints. */
function countOfJobs(jobs: ListedAnalysis['jobs']): number {
  return new Set(jobs.map(({ id }) => id)).size
}
