import type { Job, JobEvent } from '@thresher/client'
import { FreeText } from '../../components/free-text.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import type { PageProps } from '../../routes.ts'
import { isTerminal } from '../../state/job-status.ts'
import { linkTo } from '../../state/location.ts'
import { useJob } from '../../state/use-job.ts'
import { useThrottled } from '../../state/use-throttled.ts'
import { Analyses } from './analyses.tsx'
import { Artifacts } from './artifacts.tsx'
import { Checkpoints } from './checkpoints.tsx'
import { Curves } from './curves.tsx'
import { JobActions } from './job-actions.tsx'
import { JobFacts } from './job-facts.tsx'
import { JobFigures } from './job-figures.tsx'
import { JobNotices } from './job-notices.tsx'
import { Log } from './log.tsx'
import { Predictions } from './predictions.tsx'

/** How often a job that trains is asked for its checkpoints at most. */
const CHECKPOINTS_MS = 5000

/** One job: where it is, its curves, its files and its history. */
export function JobPage({ params }: PageProps) {
  const id = params.id!
  const { job, epochs, events, progress, error, refresh } = useJob(id)
  // Fast epochs leave checkpoints many times a second.
  const kept = useThrottled(countOf(events, 'checkpointed'), CHECKPOINTS_MS)
  if (!job)
    return (
      <>
        <PageHeader title={id} />
        {error ? (
          <ProblemNotice error={error} title="The job cannot be shown." />
        ) : (
          <Skeleton lines={8} label="Loading the job" />
        )}
      </>
    )
  return (
    <>
      <PageHeader title={job.name ?? job.id} aside={<Aside job={job} />}>
        <JobActions job={job} onChange={refresh} />
      </PageHeader>
      <div class="stack">
        {error && <ProblemNotice error={error} title="The page is no longer live." />}
        <JobNotices job={job} />
        <JobFigures job={job} progress={progress} />
        <div class="with-aside">
          <Curves job={job} epochs={epochs} />
          <div class="stack">
            {hasModel(job) && <Predictions job={job} />}
            <JobFacts job={job} events={events} />
          </div>
        </div>
        <Artifacts job={job} version={`${job.status} ${countOf(events, 'artifact')}`} />
        <Analyses job={job} hasModel={hasModel(job)} />
        <div class="columns">
          <Checkpoints job={job} version={`${job.status} ${kept}`} />
          <Log events={events} />
        </div>
      </div>
    </>
  )
}

/** Whether the files of its model exist. */
function hasModel({ status, metrics, expired }: Job): boolean {
  return metrics !== undefined && (isTerminal(status) || status === 'paused') && !expired?.artifacts
}

function countOf(events: readonly JobEvent[], type: JobEvent['type']): number {
  return events.filter(event => event.type === type).length
}

function Aside({ job }: { job: Job }) {
  return (
    <>
      <StatusBadge status={job.status} />
      {job.name !== undefined && <code class="quiet">{job.id}</code>}
      {job.sweepId !== undefined && <a href={linkTo(`/sweeps/${job.sweepId}`)}>of a sweep</a>}
      {Object.entries(job.labels).map(([key, value]) => (
        <a key={key} class="tag" href={linkTo('/jobs', { label: `${key}=${value}` })}>
          <FreeText text={`${key}=${value}`} />
        </a>
      ))}
    </>
  )
}
