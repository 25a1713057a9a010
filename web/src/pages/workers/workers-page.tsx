import type { ListedJob, Worker } from '@thresher/client'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes } from '../../format/numbers.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { CurrentJob } from './current-job.tsx'

const PERIOD_MS = 2000

interface Row extends Worker {
  job: ListedJob | undefined
}

const COLUMNS: Column<Row>[] = [
  {
    id: 'worker',
    header: 'Worker',
    cell: ({ host, pid }) => (
      <span>
        {host} <span class="quiet">process {pid}</span>
      </span>
    ),
  },
  { id: 'job', header: 'Current job', cell: ({ jobId, job }) => <CurrentJob id={jobId} job={job} /> },
  { id: 'engine', header: 'Engine', cell: ({ engine, engineVersion }) => `${engine}, ${engineVersion}` },
  { id: 'device', header: 'Device', cell: ({ device }) => device },
  { id: 'threads', header: 'Threads', numeric: true, cell: ({ threads }) => threads },
  {
    id: 'memory',
    header: 'Memory limit',
    numeric: true,
    cell: ({ memoryBytes }) => formatBytes(memoryBytes),
  },
  { id: 'started', header: 'Started', cell: ({ startedAt }) => <Time at={startedAt} /> },
]

/** The live workers, with what each trains now. */
export function WorkersPage() {
  const { data, error, reload } = useLoaded(workersWithJobs, [client.value])
  useInterval(reload, PERIOD_MS)
  const busy = data?.filter(({ jobId }) => jobId !== undefined).length ?? 0
  return (
    <>
      <PageHeader
        title="Workers"
        aside={data && data.length > 0 && <span class="quiet">{`${busy} of ${data.length} busy`}</span>}
      />
      {error && <ProblemNotice error={error} title="The workers could not be loaded." />}
      {!data && !error && <Skeleton lines={4} />}
      {data?.length === 0 && (
        <EmptyState title="No worker is running.">
          <p>
            Jobs wait until one starts. <code>npm run worker</code> starts one on this machine.
          </p>
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <DataTable caption="Workers" columns={COLUMNS} rows={data} rowKey={({ id }) => id} />
      )}
    </>
  )
}

/** Workers of other tenants' jobs are busy without a job that the caller may see. */
async function workersWithJobs(signal: AbortSignal): Promise<Row[]> {
  const [workers, jobs] = await Promise.all([
    client.value.workers.list({ signal }),
    client.value.jobs.list(
      { status: ['running', 'restarting', 'pausing', 'cancelling'], limit: 200 },
      { signal },
    ),
  ])
  return workers.data.map(worker => ({ ...worker, job: jobs.data.find(({ id }) => id === worker.jobId) }))
}
