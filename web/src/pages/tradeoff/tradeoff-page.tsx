import { useMemo } from 'preact/hooks'
import { EmptyState } from '../../components/empty-state.tsx'
import { JobPicker } from '../../components/job-picker.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { listCodec } from '../../state/codecs.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { loadModels } from './load-models.ts'
import { MeasuredJobs } from './measured-jobs.tsx'
import { TradeoffView } from './tradeoff-view.tsx'

const chosen = urlState('jobs', listCodec)

/** Without a choice, the newest jobs that have a model. */
const NEWEST = 8

/** Accuracy against sparsity and bytes: every measured model of one job or of many. */
export function TradeoffPage() {
  const ids = chosen.value
  const key = ids.join(',')
  const loaded = useLoaded(signal => measuredJobs(ids, signal), [key, client.value])
  const data = loaded.data?.jobs
  const error = loaded.error ?? loaded.data?.error
  const models = useMemo(() => (data ?? []).flatMap(({ points }) => points), [data])
  const jobs = (data ?? []).map(({ job }) => job)
  return (
    <div class="stack">
      <PageHeader title="Trade-off" aside={<span class="quiet">accuracy against sparsity and bytes</span>} />
      <JobPicker chosen={jobs} statuses={['succeeded', 'paused']} onChange={next => (chosen.value = next)} />
      {error && <ProblemNotice error={error} title="Some of the models cannot be shown." />}
      {!data && !error && <Skeleton lines={8} />}
      {data && models.length > 0 && <TradeoffView models={models} jobs={jobs} />}
      {data && models.length === 0 && !error && (
        <EmptyState title="No job has a model yet.">
          <a href={linkTo('/submit')}>Submit a job</a>
        </EmptyState>
      )}
      {data && data.length > 0 && <MeasuredJobs measured={data} onMeasured={loaded.reload} />}
    </div>
  )
}

async function measuredJobs(ids: readonly string[], signal: AbortSignal) {
  if (ids.length > 0) return loadModels(client.value, ids, signal)
  const newest = await client.value.jobs.list({ status: ['succeeded'], limit: NEWEST }, { signal })
  return loadModels(
    client.value,
    newest.data.map(({ id }) => id),
    signal,
  )
}
