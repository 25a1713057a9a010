import { useMemo } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { listCodec } from '../../state/codecs.ts'
import { changeQuery, linkTo, navigate, query } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { BulkActions } from './bulk-actions.tsx'
import { filters, isFiltered, jobQuery } from './filters.ts'
import { JobFilters } from './job-filters.tsx'
import { JobTable } from './job-table.tsx'
import { useLiveJobs } from './use-live-jobs.ts'

const PAGE = 50
/** New jobs have no stream yet. */
const RELOAD_MS = 5000

const selection = urlState('selected', listCodec)

/** All jobs: filtered, sorted, live. */
export function JobsPage() {
  const { jobs } = client.value
  const request = jobQuery(PAGE)
  const { data, error, reload } = useLoaded(
    signal => jobs.list(request, { signal }),
    [JSON.stringify(request), jobs],
  )
  useInterval(reload, RELOAD_MS)
  const rows = data?.data ?? []
  const progress = useLiveJobs(rows, reload)
  const selected = useMemo(() => new Set(selection.value), [selection.value.join()])
  return (
    <>
      <PageHeader title="Jobs" />
      <div class="stack">
        <JobFilters />
        {error && <ProblemNotice error={error} title="The jobs cannot be loaded." />}
        <BulkActions
          rows={rows}
          selected={selected}
          onClear={() => {
            selection.value = []
          }}
          onDone={cancelled => {
            const left = selection.value.filter(id => !cancelled.includes(id))
            changeQuery({ selected: listCodec.write(left) }, 'replace')
            reload()
          }}
        />
        {!data && !error && <Skeleton lines={8} />}
        {data && rows.length === 0 && <NoJobs />}
        {rows.length > 0 && (
          <JobTable
            {...{ rows, progress, selected }}
            onSelect={ids => {
              selection.value = ids
            }}
          />
        )}
        {data && <Paging nextAfter={data.hasMore ? data.nextAfter : null} />}
      </div>
    </>
  )
}

function NoJobs() {
  if (isFiltered()) return <EmptyState title="No job has all of these properties." />
  return (
    <EmptyState title="There are no jobs yet.">
      <a href={linkTo('/submit')}>Submit the first job</a>
    </EmptyState>
  )
}

/** Each page is an entry of the history, so that Back shows the previous one. */
function Paging({ nextAfter }: { nextAfter: string | null }) {
  const isFirst = filters.after.value === ''
  if (isFirst && nextAfter === null) return null
  const show = (after: string | null) => {
    const { after: _, ...rest } = Object.fromEntries(query.peek())
    navigate('/jobs', { ...rest, ...(after !== null && { after }) })
  }
  return (
    <nav class="row" aria-label="Pages of the list">
      <Button disabled={isFirst} onClick={() => show(null)}>
        First page
      </Button>
      <Button disabled={nextAfter === null} onClick={() => show(nextAfter)}>
        Next page
      </Button>
    </nav>
  )
}
