import type { Analysis } from '@thresher/client'
import { ActButton } from '../../components/act-button.tsx'
import { Artifacts } from '../../components/artifacts.tsx'
import { Facts } from '../../components/facts.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import { Time } from '../../components/time.tsx'
import { labelOf, shortValue } from '../../form/words.ts'
import { formatCount, formatPercent } from '../../format/numbers.ts'
import type { PageProps } from '../../routes.ts'
import { canCancel, isTerminal } from '../../state/job-status.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { Findings } from './findings.tsx'
import { analysisName, KINDS } from './kinds.ts'

const POLL_MS = 1000

/** One analysis: where it is, what it has found, its picture and its files. */
export function AnalysisPage({ params: { id = '' } }: PageProps) {
  const { analyses } = client.value
  const { data, error, reload } = useLoaded(signal => analyses.get(id, { signal }), [analyses, id])
  useInterval(() => data && !isTerminal(data.status) && reload(), POLL_MS)
  if (!data)
    return (
      <>
        <PageHeader title={id} />
        {error ? <ProblemNotice error={error} /> : <Skeleton lines={8} label="Loading the analysis" />}
      </>
    )
  return (
    <>
      <PageHeader title={analysisName(data)} aside={<StatusBadge status={data.status} />}>
        <a class="button" href={linkTo('/analyses/new', { spec: requestOf(data) })}>
          Clone and edit
        </a>
        {canCancel(data.status) && (
          <ActButton
            action="Cancel"
            title="Cancel the analysis?"
            act={() => analyses.cancel(id)}
            onDone={reload}
          >
            <p>What it has computed is lost.</p>
          </ActButton>
        )}
      </PageHeader>
      <div class="stack">
        {data.error && (
          <ProblemNotice error={new Error(data.error.message)} title="The analysis has failed." />
        )}
        {!isTerminal(data.status) && <Progress analysis={data} />}
        <Findings analysis={data} />
        <Request analysis={data} />
        <Files analysis={data} />
      </div>
    </>
  )
}

function Progress({ analysis: { progress, queuePosition, restarts } }: { analysis: Analysis }) {
  const { fraction, done, total } = progress
  return (
    <Panel title="Progress">
      <div class="stack">
        <progress class="bar" aria-label="Progress of the analysis" max={1} value={fraction} />
        <Facts
          facts={[
            ['Done', formatPercent(fraction)],
            [
              'Work',
              done !== undefined && total !== undefined
                ? `${formatCount(done)} of ${formatCount(total)}`
                : null,
            ],
            ['Place in the queue', queuePosition],
            ['Restarts', restarts > 0 ? restarts : null],
          ]}
        />
      </div>
    </Panel>
  )
}

/** What was asked for. */
function Request({ analysis: { kind, jobs, options, createdAt } }: { analysis: Analysis }) {
  return (
    <Panel title="Request">
      <Facts
        facts={[
          ['Kind', KINDS[kind].title],
          ['Jobs', <JobLinks key="jobs" jobs={jobs} />],
          ...Object.entries(options).map(([name, value]) => [labelOf(name), shortValue(value)] as const),
          ['Created', <Time key="created" at={createdAt} />],
        ]}
      />
    </Panel>
  )
}

function JobLinks({ jobs }: Pick<Analysis, 'jobs'>) {
  return (
    <div class="tags">
      {jobs.map(({ id, checkpoint }) => (
        <a key={`${id} ${checkpoint.epoch}`} href={linkTo(`/jobs/${id}`)}>
          {id}, epoch {checkpoint.epoch}
        </a>
      ))}
    </div>
  )
}

/** The request for the same analysis of the models of its jobs. */
function requestOf({ kind, jobs, options }: Analysis): string {
  const ids = [...new Set(jobs.map(({ id }) => id))]
  return JSON.stringify({ kind, jobs: ids, ...options })
}

function Files({ analysis: { id, status } }: { analysis: Analysis }) {
  const { analyses } = client.value
  const { data, error } = useLoaded(signal => analyses.artifacts(id, { signal }), [analyses, id, status])
  return (
    <Panel title="Artifacts">
      {error && <ProblemNotice error={error} />}
      {data?.data.length === 0 && <p class="quiet">There are no files until the analysis has succeeded.</p>}
      {data && data.data.length > 0 && (
        <Artifacts
          entries={data.data.map(file => ({ ...file, made: true }))}
          request={name => analyses.artifact(id, name)}
          onDownload={() => {}}
        />
      )}
    </Panel>
  )
}
