import { PageHeader } from '../../components/page-header.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import type { ChoiceField } from '../../form/form-model.ts'
import type { Json } from '../../form/path.ts'
import { useRefusedRequest } from '../../form/refused-request.ts'
import { RefusedRequestNotice } from '../../form/refused-request-notice.tsx'
import { storedRequest, storeRequest } from '../../form/stored-request.ts'
import { useRequestForm } from '../../form/use-request-form.ts'
import { listCodec } from '../../state/codecs.ts'
import { urlState } from '../../state/url-state.ts'
import { AnalysisForm } from './analysis-form.tsx'

const chosen = urlState('jobs', listCodec)

/** Creates an analysis: `?jobs=JOB,JOB` of these jobs, `?spec=JSON` starts with a request. */
export function NewAnalysisPage() {
  const { field, error } = useRequestForm('AnalysisRequest')
  const refused = useRefusedRequest()
  return (
    <>
      <PageHeader title="New analysis" />
      {error && <ProblemNotice error={error} title="The form cannot be shown." />}
      {!field && !error && <Skeleton lines={12} />}
      {field && (
        <div class="stack">
          <RefusedRequestNotice refused={refused} />
          <AnalysisForm
            field={field as ChoiceField}
            start={storedRequest() ?? requestFor(chosen.value)}
            firstText={refused?.text}
            onChange={storeRequest}
          />
        </div>
      )}
    </>
  )
}

/** The first study of jobs: the curve between two, the zeros of one or of many. */
function requestFor(jobs: string[]): Json {
  return { kind: jobs.length === 2 ? 'connectivity' : 'layers', jobs }
}
