import type { SweepRequest } from '@thresher/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Panel } from '../../components/panel.tsx'
import { FieldView } from '../../form/field-view.tsx'
import { FormProvider } from '../../form/form-context.ts'
import type { ObjectField } from '../../form/form-model.ts'
import { JsonText } from '../../form/json-text.tsx'
import { Mistakes } from '../../form/mistakes.tsx'
import { numberMistakes } from '../../form/number-mistakes.ts'
import { edited, type Json, type Path, valueAt } from '../../form/path.ts'
import { shownNames } from '../../form/shown-names.ts'
import { useMistakes } from '../../form/use-mistakes.ts'
import { JobFields } from '../../job-form/job-fields.tsx'
import { usePlan } from '../../job-form/use-plan.ts'
import { useRecords } from '../../job-form/use-records.ts'
import { useSubmission } from '../../job-form/use-submission.ts'
import { navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { SpaceInput } from './space-input.tsx'
import { SweepCost } from './sweep-cost.tsx'

const NO_BASE: Json = {}

interface SweepFormProps {
  field: ObjectField
  start: Json
  /** A text in place of the first JSON. */
  firstText?: string | undefined
  onChange(request: Json): void
}

/** The request of a sweep as a form and as JSON: the search, what it varies, and the job that it varies. */
export function SweepForm({ field, start, firstText, onChange }: SweepFormProps) {
  const [request, setRequest] = useState(start)
  const base = valueAt(request, ['base']) ?? NO_BASE
  const plan = usePlan(base)
  const records = useRecords('base.')
  const submission = useSubmission(request, () => create(request))
  const baseField = field.fields.base as ObjectField
  const names = useMemo(() => shownNames(baseField, base), [baseField, base])
  const known = useMemo(() => numberMistakes(field, request), [field, request])
  const { atFields, elsewhere } = useMistakes(submission.error, field, request, variedNames(request), known)
  useEffect(() => onChange(request), [request])
  const change = (path: Path, value: Json | undefined) => setRequest(now => edited(now, path, value))
  const usual = { base: (plan.plan?.spec ?? records.defaultsOf(base) ?? null) as Json }
  return (
    <div class="form-columns">
      <form id="sweep" aria-label="Sweep" noValidate onSubmit={submission.submit}>
        <FormProvider value={{ document: request, change, usual, mistakes: atFields, ...records }}>
          <Panel title="Search">
            <FieldView path={['search']} field={field.fields.search!} required />
            <SpaceInput fields={names} />
            <div class="fields">
              {['maxTrials', 'maxConcurrent', 'name', 'objective'].map(key => (
                <FieldView key={key} path={[key]} field={field.fields[key]!} />
              ))}
            </div>
            <Mistakes error={submission.error} elsewhere={elsewhere} />
            <Button type="submit" kind="primary" disabled={submission.isSending}>
              Start the sweep
            </Button>
          </Panel>
          <Panel title="The job that is varied">
            <JobFields field={baseField} path={['base']} />
          </Panel>
        </FormProvider>
      </form>
      <div class="stack">
        <SweepCost request={request} {...plan} />
        <Panel title="The request as JSON">
          <JsonText
            {...{
              label: 'Body of POST /v1/sweeps',
              name: 'json',
              rows: 24,
              value: request,
              form: 'sweep',
              first: firstText,
            }}
            mustBeObject
            set={value => setRequest(value ?? {})}
          />
        </Panel>
      </div>
    </div>
  )
}

function variedNames(request: Json): string[] {
  return Object.keys(valueAt(request, ['space']) ?? {}).map(name => `space.${name}`)
}

async function create(request: Json): Promise<void> {
  const { id } = await client.value.sweeps.create(request as unknown as SweepRequest)
  navigate(`/sweeps/${id}`)
}
