import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import type { ObjectField } from '../../form/form-model.ts'
import type { Json } from '../../form/path.ts'
import { requestCodec } from '../../form/request-in-url.ts'
import { useRequestForm } from '../../form/use-request-form.ts'
import { requestFromJob } from '../../job-form/request-from-job.ts'
import { textCodec } from '../../state/codecs.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { JobForm } from './job-form.tsx'

const cloned = urlState('clone', textCodec())
const stored = urlState('spec', requestCodec)

/** A first job that is worth its seconds: 95 % zeros on the digits of MNIST. */
const FIRST_REQUEST: Json = {
  model: { preset: 'mnist-mlp' },
  target: { sparsity: 0.95 },
  optimizer: { name: 'grda', learningRate: 0.3, mu: 0.6 },
  epochs: 10,
}

/** Submits a job: `?clone=JOB` starts with the spec of another one, `?spec=JSON` with a request. */
export function SubmitPage() {
  const contract = useRequestForm('JobRequest')
  const start = useLoaded(signal => startingRequest(cloned.value, signal), [cloned.value, client.value])
  const error = contract.error ?? start.error
  return (
    <>
      <PageHeader title={cloned.value ? 'Clone and edit a job' : 'Submit a job'}>
        <a class="button" href={linkTo('/sweeps/new', { spec: sweepOf(stored.value ?? FIRST_REQUEST) })}>
          Vary it in a sweep
        </a>
      </PageHeader>
      {error && <ProblemNotice error={error} title="The form cannot be shown." />}
      {contract.field && start.data !== undefined ? (
        <JobForm
          key={cloned.value}
          field={contract.field as ObjectField}
          start={start.data}
          onChange={keepInUrl}
        />
      ) : (
        !error && <Skeleton lines={12} />
      )}
    </>
  )
}

/** A sweep that every job can be the base of: three seeds. The form of the sweep changes what is varied. */
function sweepOf(base: Json): string {
  return JSON.stringify({ search: { method: 'grid' }, space: { seed: [1, 2, 3] }, base })
}

async function startingRequest(job: string, signal: AbortSignal): Promise<Json> {
  if (stored.value !== undefined) return stored.value
  return job === '' ? FIRST_REQUEST : requestFromJob(await client.value.jobs.get(job, { signal }))
}

function keepInUrl(request: Json): void {
  stored.value = request
}
