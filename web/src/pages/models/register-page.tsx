import type { ListedJob, Model } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormField } from '../../components/form-field.tsx'
import { JobSelect } from '../../components/job-select.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { mistakeAt, ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { MistakesBeside } from '../../form/mistakes.tsx'
import { textCodec } from '../../state/codecs.ts'
import { linkTo, navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useAction } from '../../state/use-action.ts'
import { useStoppedJobs } from '../../state/use-stopped-jobs.ts'

const chosen = urlState('job', textCodec())

/** Each shows its mistakes. */
const FIELDS = ['jobId', 'name', 'checkpoint']

/** Makes the model of a job the next version under a name: `?job=ID` chooses the job. */
export function RegisterPage() {
  const { data, error } = useStoppedJobs()
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
      <JobSelect
        label="Job"
        jobs={jobs}
        value={jobId}
        error={mistakeAt(error, 'jobId')}
        onChange={id => {
          chosen.value = id
        }}
      />
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
