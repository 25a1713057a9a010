import type { Job, ListedAnalysis } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { Time } from '../../components/time.tsx'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

const NEWEST = 20

const COLUMNS: Column<ListedAnalysis>[] = [
  { id: 'kind', header: 'Kind', cell: ({ id, kind }) => <a href={linkTo(`/analyses/${id}`)}>{kind}</a> },
  { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

/** The newest analyses of the job; nothing for a job without any. */
export function Analyses({ job }: { job: Job }) {
  const { analyses } = client.value
  const { data, error } = useLoaded(
    signal => analyses.list({ jobId: job.id, limit: NEWEST }, { signal }),
    [job.id, job.status, analyses],
  )
  if (!error && !data?.data.length) return null
  return (
    <Panel title="Analyses">
      {error && <ProblemNotice error={error} />}
      {data && <DataTable caption="Analyses" columns={COLUMNS} rows={data.data} rowKey={({ id }) => id} />}
    </Panel>
  )
}
