import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { linkTo } from '../../state/location.ts'
import { AnalysisTable } from './analysis-table.tsx'
import { useAnalyses } from './use-analyses.ts'

const PAGE = 20
const MOST = 200

/** The analyses of the tenant, newest first. */
export function AnalysesPage() {
  const [limit, setLimit] = useState(PAGE)
  const { data, error } = useAnalyses({ limit })
  return (
    <div class="stack">
      <PageHeader title="Analyses">
        <a class="button primary" href={linkTo('/analyses/new')}>
          New analysis
        </a>
      </PageHeader>
      {error && <ProblemNotice error={error} title="The analyses cannot be listed." />}
      {!data && !error && <Skeleton lines={6} />}
      {data?.data.length === 0 && (
        <EmptyState title="There are no analyses yet.">
          <p>
            An analysis looks at the models of finished jobs: where their zeros are, and what lies between
            them.
          </p>
        </EmptyState>
      )}
      {data && data.data.length > 0 && <AnalysisTable analyses={data.data} />}
      {data?.hasMore && limit < MOST && (
        <div>
          <Button onClick={() => setLimit(MOST)}>Show more</Button>
        </div>
      )}
    </div>
  )
}
