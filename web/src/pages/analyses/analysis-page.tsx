import type { Analysis } from '@thresher/client'
import { ActButton } from '../../components/act-button.tsx'
import { Artifacts } from '../../components/artifacts.tsx'
import { Facts } from '../../components/facts.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { StatusBadge } from '../../components/status-badge.tsx'
import type { PageProps } from '../../routes.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useInterval } from '../../state/use-interval.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { describeResult } from './describe-result.ts'
import { Picture } from './picture.tsx'

const POLL_MS = 2000
const ENDED: ReadonlySet<Analysis['status']> = new Set(['succeeded', 'failed', 'cancelled'])

/** One analysis: where it is, what it has found, its picture and its files. */
export function AnalysisPage({ params: { id = '' } }: PageProps) {
  const { analyses } = client.value
  const { data, error, reload } = useLoaded(signal => analyses.get(id, { signal }), [analyses, id])
  useInterval(() => data && !ENDED.has(data.status) && reload(), POLL_MS)
  if (!data)
    return (
      <>
        <PageHeader title={id} />
        {error ? <ProblemNotice error={error} /> : <Skeleton lines={8} label="Loading the analysis" />}
      </>
    )
  return (
    <>
      <PageHeader title={data.name ?? data.kind} aside={<StatusBadge status={data.status} />}>
        {!ENDED.has(data.status) && (
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
        <Result analysis={data} />
        <Files analysis={data} />
      </div>
    </>
  )
}

function Result({ analysis }: { analysis: Analysis }) {
  const { id, kind, jobs, progress, status } = analysis
  const found = describeResult(analysis)
  return (
    <Panel title="Result">
      {found?.picture && <Picture analysisId={id} name={found.picture} summary={found.summary} />}
      {!ENDED.has(status) && (
        <progress class="bar" aria-label="Progress of the analysis" max={1} value={progress.fraction} />
      )}
      <Facts
        facts={[
          ['Kind', kind],
          [
            'Jobs',
            <div key="jobs" class="tags">
              {jobs.map(({ id: job, checkpoint }) => (
                <a key={`${job} ${checkpoint.epoch}`} href={linkTo(`/jobs/${job}`)}>
                  {job}, epoch {checkpoint.epoch}
                </a>
              ))}
            </div>,
          ],
          ...(found?.facts ?? []),
        ]}
      />
    </Panel>
  )
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
