import { EmptyState } from '../../components/empty-state.tsx'
import { JobPicker } from '../../components/job-picker.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { listCodec } from '../../state/codecs.ts'
import { linkTo } from '../../state/location.ts'
import { urlState } from '../../state/url-state.ts'
import { FinalFigures } from './final-figures.tsx'
import { Overlay } from './overlay.tsx'
import { SpecTable } from './spec-table.tsx'
import { useRuns } from './use-runs.ts'

const chosen = urlState('jobs', listCodec)

/** So many curves have distinct colours and dashes. */
const MOST = 50

/** Runs over each other: their curves, their final figures, and what differs in their specs. */
export function ComparePage() {
  const ids = chosen.value.slice(0, MOST)
  const { runs, error, isLoading } = useRuns(ids)
  return (
    <div class="stack">
      <PageHeader title="Compare" aside={<span class="quiet">up to {MOST} runs</span>}>
        {ids.length > 0 && (
          <>
            <a class="button" href={linkTo('/analyses/new', { jobs: ids.join(',') })}>
              Analyse these jobs
            </a>
            <a class="button" href={linkTo('/tradeoff', { jobs: ids.join(',') })}>
              Trade-off of these jobs
            </a>
          </>
        )}
      </PageHeader>
      <JobPicker chosen={runs.map(({ job }) => job)} most={MOST} onChange={next => (chosen.value = next)} />
      {chosen.value.length > MOST && (
        <p class="notice warn">
          The address names {chosen.value.length} jobs. The first {MOST} are shown.
        </p>
      )}
      {error && <ProblemNotice error={error} title="Some of the jobs cannot be shown." />}
      {isLoading && <Skeleton lines={6} />}
      {ids.length === 0 && (
        <EmptyState title="Choose the jobs to compare.">
          <p>
            Add them here, or select them in the <a href={linkTo('/jobs')}>list of jobs</a>.
          </p>
        </EmptyState>
      )}
      {runs.length > 0 && (
        <>
          <Overlay runs={runs} />
          <FinalFigures runs={runs} />
          <SpecTable runs={runs} />
        </>
      )}
    </div>
  )
}
