import type { Sweep } from '@thresher/client'
import { ActButton } from '../../components/act-button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import type { PageProps } from '../../routes.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { SweepFigures } from './sweep-figures.tsx'
import { isOngoing, sweepName } from './sweep-words.ts'
import { TrialViews } from './trial-views.tsx'

const REFRESH_MS = 2000

/** One sweep: its status, its Pareto front, and all of its trials as parallel coordinates and as a table. */
export function SweepPage({ params }: PageProps) {
  const { data, error, reload } = useLoaded(
    signal => client.value.sweeps.get(params.id!, { signal }),
    [params.id, client.value],
  )
  useInterval(() => data && isOngoing(data) && reload(), REFRESH_MS)
  if (error && !data) return <ProblemNotice error={error} title="The sweep cannot be shown." />
  if (!data) return <Skeleton lines={8} label="Loading the sweep" />
  return (
    <div class="stack">
      <PageHeader title={sweepName(data)} aside={<StatusBadge status={data.status} />}>
        <SweepActions sweep={data} onChange={reload} />
      </PageHeader>
      {error && <ProblemNotice error={error} title="The page is no longer up to date." />}
      <SweepFigures sweep={data} />
      <TrialViews sweep={data} />
    </div>
  )
}

function SweepActions({ sweep, onChange }: { sweep: Sweep; onChange(): void }) {
  const jobs = sweep.trials.flatMap(({ jobIds }) => jobIds.at(-1) ?? []).join(',')
  return (
    <>
      {jobs && (
        <a class="button" href={linkTo('/compare', { jobs })}>
          Compare the trials
        </a>
      )}
      <a class="button" href={linkTo('/sweeps/new', { clone: sweep.id })}>
        Clone and edit
      </a>
      {sweep.status === 'running' && (
        <ActButton
          action="Cancel the sweep"
          title="Cancel this sweep?"
          act={() => client.value.sweeps.cancel(sweep.id)}
          onDone={onChange}
        >
          <p>Trials that are queued or running are cancelled. The results of the others stay.</p>
        </ActButton>
      )}
    </>
  )
}
