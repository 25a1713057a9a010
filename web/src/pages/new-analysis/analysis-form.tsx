import type { AnalysisRequest } from '@thresher/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Panel } from '../../components/panel.tsx'
import { optionOf } from '../../form/choose-option.ts'
import { FieldView } from '../../form/field-view.tsx'
import { FormProvider } from '../../form/form-context.ts'
import type { ChoiceField, ObjectField } from '../../form/form-model.ts'
import { JsonText } from '../../form/json-text.tsx'
import { Mistakes } from '../../form/mistakes.tsx'
import { numberMistakes } from '../../form/number-mistakes.ts'
import { ObjectFields } from '../../form/object-fields.tsx'
import { edited, type Json, type Path } from '../../form/path.ts'
import { useMistakes } from '../../form/use-mistakes.ts'
import { useSubmission } from '../../job-form/use-submission.ts'
import { navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { choicesOf, jobFieldNames } from './job-choice.ts'
import { JobsInput } from './jobs-input.tsx'
import { KindInput } from './kind-input.tsx'
import { useCurves } from './use-curves.ts'

interface AnalysisFormProps {
  field: ChoiceField
  start: Json
  /** A text in place of the first JSON. */
  firstText?: string | undefined
  onChange(request: Json): void
}

/** What a study usually sets; the other fields are folded. */
const PROMINENT: ReadonlySet<string> = new Set([
  'analysisId',
  'epochs',
  'points',
  'eigenvectors',
  'maxProducts',
  'examples',
  'split',
  'levels',
  'name',
])
const LABELS = { analysisId: 'Curve between the two jobs' }

/** The request of an analysis as a form and as JSON: the kind, the jobs, and the options of the kind. */
export function AnalysisForm({ field, start, firstText, onChange }: AnalysisFormProps) {
  const [request, setRequest] = useState(start)
  const option = field.options[optionOf(field, request)]
  const suggestions = { analysisId: useCurves(request) }
  const submission = useSubmission(request, () => create(request))
  const known = useMemo(() => numberMistakes(field, request), [field, request])
  const further = jobFieldNames(request)
  const { atFields, elsewhere } = useMistakes(submission.error, field, request, further, known)
  useEffect(() => onChange(request), [request])
  const change = (path: Path, value: Json | undefined) => setRequest(now => edited(now, path, value))
  const form = {
    ...{ document: request, change, usual: undefined, mistakes: atFields },
    ...{ suggestions, labels: LABELS, prominent: PROMINENT },
  }
  return (
    <div class="form-columns">
      <form id="analysis" aria-label="Analysis" noValidate onSubmit={submission.submit}>
        <Panel title="Analysis">
          <FormProvider value={form}>
            <KindInput field={field} request={request} onChange={setRequest} />
            {option && <KindFields field={option.field as ObjectField} request={request} change={change} />}
          </FormProvider>
          <Mistakes error={submission.error} elsewhere={elsewhere} />
          <Button type="submit" kind="primary" disabled={submission.isSending}>
            Start the analysis
          </Button>
        </Panel>
      </form>
      <Panel title="The request as JSON">
        <JsonText
          {...{ label: 'Body of POST /v1/analyses', name: 'json', rows: 14, value: request }}
          {...{ form: 'analysis', first: firstText }}
          mustBeObject
          set={value => setRequest(value ?? {})}
        />
      </Panel>
    </div>
  )
}

interface KindFieldsProps {
  field: ObjectField
  request: Json
  change(path: Path, value: Json | undefined): void
}

/** The jobs and the options of one kind. */
function KindFields({ field, request, change }: KindFieldsProps) {
  const { kind: _, jobs, ...fields } = field.fields
  return (
    <>
      <JobsInput
        choices={choicesOf(request)}
        hint={jobs?.description}
        onChange={next => change(['jobs'], next)}
      />
      <ObjectFields path={[]} fields={fields} required={[]} View={FieldView} />
    </>
  )
}

async function create(request: Json): Promise<void> {
  const { id } = await client.value.analyses.create(request as unknown as AnalysisRequest)
  navigate(`/analyses/${id}`)
}
