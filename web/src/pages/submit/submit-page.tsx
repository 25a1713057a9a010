import { useEffect, useState } from 'preact/hooks'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import type { ObjectField } from '../../form/form-model.ts'
import type { Json } from '../../form/path.ts'
import { useRefusedRequest } from '../../form/refused-request.ts'
import { RefusedRequestNotice } from '../../form/refused-request-notice.tsx'
import { storedRequest, storeRequest } from '../../form/stored-request.ts'
import { useRequestForm } from '../../form/use-request-form.ts'
import { requestFromJob } from '../../job-form/request-from-job.ts'
import { textCodec } from '../../state/codecs.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { JobForm } from './job-form.tsx'

const cloned = urlState('clone', textCodec())

/** A first job that is worth its seconds: 95 % zeros on the digits of MNIST. */
const FIRST_REQUEST: Json = {
  model: { preset: 'mnist-mlp' },
  target: { sparsity: 0.95 },
  optimizer: { name: 'grda', learningRate: 0.3, mu: 0.6 },
  epochs: 10,
}

/** Submits a job: `?clone=JOB` starts with the spec of another one, `?spec=JSON` with a request. */
export function SubmitPage() {
  const visit = useVisit()
  return (
    <>
      <PageHeader title={cloned.value ? 'Clone and edit a job' : 'Submit a job'}>
        <a class="button" href={linkTo('/sweeps/new', { spec: sweepOf(storedRequest() ?? FIRST_REQUEST) })}>
          Vary it in a sweep
        </a>
      </PageHeader>
      <StartedForm key={`${cloned.value} ${visit}`} onChange={storeRequest} />
    </>
  )
}

/** The form, once the request that it starts with is known. */
function StartedForm({ onChange }: { onChange(request: Json): void }) {
  const contract = useRequestForm('JobRequest')
  const refused = useRefusedRequest()
  const start = useLoaded(signal => startingRequest(cloned.value, signal), [])
  const error = contract.error ?? start.error
  if (error) return <ProblemNotice error={error} title="The form cannot be shown." />
  if (!contract.field || start.data === undefined) return <Skeleton lines={12} />
  const field = contract.field as ObjectField
  return (
    <div class="stack">
      <RefusedRequestNotice refused={refused} />
      <JobForm {...{ field, start: start.data, firstText: refused?.text, onChange }} />
    </div>
  )
}

/** Counts the visits of the page without a request in its address: the link "New job" leads to an empty form also from a filled one. */
function useVisit(): number {
  const [visit, setVisit] = useState(0)
  const isNew = cloned.value === '' && storedRequest() === undefined
  useEffect(() => {
    if (isNew) setVisit(count => count + 1)
  }, [isNew])
  return visit
}

/** A sweep that every job can be the base of: three seeds. The form of the sweep changes what is varied. */
function sweepOf(base: Json): string {
  return JSON.stringify({ search: { method: 'grid' }, space: { seed: [1, 2, 3] }, base })
}

async function startingRequest(job: string, signal: AbortSignal): Promise<Json> {
  const stored = storedRequest()
  if (stored !== undefined) return stored
  return job === '' ? FIRST_REQUEST : requestFromJob(await client.value.jobs.get(job, { signal }))
}
