import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import type { Field, ObjectField } from '../../form/form-model.ts'
import type { Json } from '../../form/path.ts'
import { useRefusedRequest } from '../../form/refused-request.ts'
import { RefusedRequestNotice } from '../../form/refused-request-notice.tsx'
import { storedRequest, storeRequest } from '../../form/stored-request.ts'
import { useRequestForm } from '../../form/use-request-form.ts'
import { requestFromJob } from '../../job-form/request-from-job.ts'
import { textCodec } from '../../state/codecs.ts'
import { client } from '../../state/session.ts'
import { urlState } from '../../state/url-state.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { SweepForm } from './sweep-form.tsx'

const clonedSweep = urlState('clone', textCodec())
const baseJob = urlState('base', textCodec())

const FIRST_REQUEST: { [key: string]: Json } = {
  search: { method: 'random', trials: 12 },
  space: { 'optimizer.mu': [0.51, 0.55, 0.6], 'optimizer.c': { log: [0.0005, 0.02] } },
  base: {
    model: { preset: 'mnist-mlp' },
    optimizer: { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 },
    epochs: 3,
  },
}

/** Creates a sweep: `?base=JOB` varies a job, `?clone=SWEEP` starts with another sweep, `?spec=JSON` with a request. */
export function NewSweepPage() {
  const sweep = useRequestForm('SweepRequest')
  // The contract leaves the base open, because the space sets some of its fields. Its form is that of a job.
  const job = useRequestForm('JobRequest')
  const start = useLoaded(startingRequest, [clonedSweep.value, baseJob.value, client.value])
  const refused = useRefusedRequest()
  const error = sweep.error ?? start.error
  return (
    <>
      <PageHeader title="New sweep" />
      {error && <ProblemNotice error={error} title="The form cannot be shown." />}
      <RefusedRequestNotice refused={refused} />
      {sweep.field && job.field && start.data !== undefined ? (
        <SweepForm
          field={withBase(sweep.field as ObjectField, job.field)}
          start={start.data}
          firstText={refused?.text}
          onChange={storeRequest}
        />
      ) : (
        !error && <Skeleton lines={12} />
      )}
    </>
  )
}

function withBase(sweep: ObjectField, base: Field): ObjectField {
  return { ...sweep, fields: { ...sweep.fields, base } }
}

async function startingRequest(signal: AbortSignal): Promise<Json> {
  const stored = storedRequest()
  if (stored !== undefined) return stored
  if (clonedSweep.value !== '') {
    const { request } = await client.value.sweeps.get(clonedSweep.value, { signal })
    return JSON.parse(JSON.stringify(request))
  }
  if (baseJob.value === '') return FIRST_REQUEST
  return { ...FIRST_REQUEST, base: requestFromJob(await client.value.jobs.get(baseJob.value, { signal })) }
}
