import type { Job } from '@thresher/client'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { linkTo } from '../../state/location.ts'
import { AnalysisTable } from '../analyses/analysis-table.tsx'
import { useAnalyses } from '../analyses/use-analyses.ts'

const NEWEST = 20

/** The newest analyses of the job, and the way to the next one if the job has a model; nothing for a job without both. */
export function Analyses({ job, hasModel }: { job: Job; hasModel: boolean }) {
  const { data, error } = useAnalyses({ jobId: job.id, limit: NEWEST }, job.status)
  const found = data?.data ?? []
  if (!error && !hasModel && found.length === 0) return null
  return (
    <Panel
      title="Analyses"
      controls={
        hasModel && (
          <a class="button" href={linkTo('/analyses/new', { jobs: job.id })}>
            New analysis
          </a>
        )
      }
    >
      {error && <ProblemNotice error={error} />}
      {found.length > 0 ? (
        <AnalysisTable analyses={found} />
      ) : (
        <p class="quiet">
          An analysis measures the model: its zeros by layer, its loss beside that of a dense twin, and more.
        </p>
      )}
    </Panel>
  )
}
