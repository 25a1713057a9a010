import type { ListedJob, Model } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormField } from '../../components/form-field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { mistakeAt, ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { MistakesBeside } from '../../form/mistakes.tsx'
import { formatNumber, formatPercent } from '../../format/numbers.ts'
import { textCodec } from '../../state/codecs.ts'
import { linkTo, navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useAction } from '../../state/use-action.ts'
import { useLoaded } from '../../state/use-loaded.ts'

const chosen = urlState('job', textCodec())

/** Each shows its mistakes. */
const FIELDS = ['jobId', 'name', 'checkpoint']

/** Makes the model of a job the next version under a name: `?job=ID` chooses the job. */
export function RegisterPage() {
  const { data, error } = useLoaded(
    signal =>
      client.value.jobs.list(
        { status: ['succeeded', 'cancelled', 'failed', 'paused'], limit: 200 },
        { signal },
      ),
    [client.value],
  )
  return (
    <>
      <PageHeader title="Register a model" />
      {error && <ProblemNotice error={error} title="The jobs could not be loaded." />}
      {!data && !error && <Skeleton lines={4} />}
      {data?.data.length === 0 && (
        <EmptyState title="There is no finished job.">
          <a href={linkTo('/submit')}>Submit one</a>
        </EmptyState>
      )}
      {data && data.data.length > 0 && <RegisterForm jobs={data.data} />}
    </>
  )
}

function RegisterForm({ jobs }: { jobs: ListedJob[] }) {
  const [name, setName] = useState('')
  const [checkpoint, setCheckpoint] = useState<'' | 'best' | 'latest'>('')
  const { run, running, error } = useAction()
  const jobId = chosen.value || jobs[0]!.id
  const submit = (event: Event) => {
    event.preventDefault()
    const request = { jobId, name, ...(checkpoint && { checkpoint }) }
    run(() => client.value.models.register(request).then(show))
  }
  return (
    <form class="panel form" onSubmit={submit}>
      <JobField jobs={jobs} jobId={jobId} error={mistakeAt(error, 'jobId')} />
      <FormField
        label="Name"
        hint="Jobs and predictions name a version as NAME@VERSION. A name that exists gets its next version."
        error={mistakeAt(error, 'name')}
      >
        {attributes => (
          <input
            {...attributes}
            required
            value={name}
            onInput={event => setName(event.currentTarget.value)}
          />
        )}
      </FormField>
      <FormField label="Checkpoint" error={mistakeAt(error, 'checkpoint')}>
        {attributes => (
          <select
            {...attributes}
            value={checkpoint}
            onChange={event => setCheckpoint(event.currentTarget.value as typeof checkpoint)}
          >
            <option value="">the model of the job</option>
            <option value="best">best</option>
            <option value="latest">latest</option>
          </select>
        )}
      </FormField>
      <MistakesBeside error={error} fields={FIELDS} />
      <div class="row">
        <Button type="submit" kind="primary" disabled={running}>
          Register
        </Button>
      </div>
    </form>
  )
}

function show({ id }: Model): void {
  navigate(`/models/${encodeURIComponent(id)}`)
}

function JobField({ jobs, jobId, error }: { jobs: ListedJob[]; jobId: string; error: string | undefined }) {
  const ids = jobs.map(({ id }) => id)
  return (
    <FormField label="Job" error={error}>
      {attributes => (
        <select
          {...attributes}
          value={jobId}
          onChange={event => {
            chosen.value = event.currentTarget.value
          }}
        >
          {!ids.includes(jobId) && <option value={jobId}>{jobId}</option>}
          {jobs.map(job => (
            <option key={job.id} value={job.id}>
              {describe(job)}
            </option>
          ))}
        </select>
      )}
    </FormField>
  )
}

function describe({ id, name, status, metrics }: ListedJob): string {
  if (!metrics) return `${name ?? id} · ${status}`
  const { validationAccuracy, validationLoss, sparsity } = metrics
  const quality =
    validationAccuracy === undefined
      ? `loss ${formatNumber(validationLoss)}`
      : `${formatPercent(validationAccuracy, 1)} accurate`
  const facts = `${quality}, ${formatPercent(sparsity, 1)} zeros`
  return `${name ?? id} · ${facts}`
}
