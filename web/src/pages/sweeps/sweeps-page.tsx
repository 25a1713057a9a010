import type { ListedSweep } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { Time } from '../../components/time.tsx'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { isOngoing, progressOf, sweepName } from './sweep-words.ts'

const REFRESH_MS = 5000
const PAGE = 20
const MOST = 200

const COLUMNS: Column<ListedSweep>[] = [
  {
    id: 'name',
    header: 'Sweep',
    cell: sweep => (
      <a href={linkTo(`/sweeps/${sweep.id}`)}>
        <FreeText text={sweepName(sweep)} />
      </a>
    ),
  },
  { id: 'status', header: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  { id: 'method', header: 'Search', cell: ({ method }) => method },
  { id: 'trials', header: 'Trials', cell: progressOf },
  { id: 'front', header: 'On the front', numeric: true, cell: ({ front }) => front?.length ?? '–' },
  { id: 'created', header: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

/** The sweeps of the tenant, newest first. */
export function SweepsPage() {
  const [limit, setLimit] = useState(PAGE)
  const { data, error, reload } = useLoaded(
    signal => client.value.sweeps.list({ limit }, { signal }),
    [limit, client.value],
  )
  useInterval(() => data?.data.some(isOngoing) && reload(), REFRESH_MS)
  return (
    <div class="stack">
      <PageHeader title="Sweeps">
        <a class="button primary" href={linkTo('/sweeps/new')}>
          New sweep
        </a>
      </PageHeader>
      {error && <ProblemNotice error={error} title="The sweeps cannot be listed." />}
      {!data && !error && <Skeleton lines={6} />}
      {data?.data.length === 0 && (
        <EmptyState title="There are no sweeps yet.">
          <p>A sweep trains one job many times with other values in some of its fields.</p>
        </EmptyState>
      )}
      {data && data.data.length > 0 && (
        <DataTable caption="Sweeps" columns={COLUMNS} rows={data.data} rowKey={({ id }) => id} />
      )}
      {data?.hasMore && limit < MOST && (
        <div>
          <Button onClick={() => setLimit(MOST)}>Show more</Button>
        </div>
      )}
    </div>
  )
}
