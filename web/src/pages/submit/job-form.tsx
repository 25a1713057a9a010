import type { JobRequest } from '@thresher/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Panel } from '../../components/panel.tsx'
import { FormProvider } from '../../form/form-context.ts'
import type { ObjectField } from '../../form/form-model.ts'
import { JsonText } from '../../form/json-text.tsx'
import { Mistakes } from '../../form/mistakes.tsx'
import { edited, type Json, type Path } from '../../form/path.ts'
import { useMistakes } from '../../form/use-mistakes.ts'
import { navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { DatasetUpload } from './dataset-upload.tsx'
import { JobFields } from './job-fields.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { usePlan } from './use-plan.ts'
import { useRecords } from './use-records.ts'

interface JobFormProps {
  field: ObjectField
  start: Json
  onChange(request: Json): void
}

/** The request of a job as a form and as JSON, beside its dry run. */
export function JobForm({ field, start, onChange }: JobFormProps) {
  const [request, setRequest] = useState(start)
  const plan = usePlan(request)
  const { suggestions, labels, reloadDatasets } = useRecords()
  const submission = useSubmission(request)
  const { atFields, elsewhere } = useMistakes(submission.error ?? plan.error, field, request)
  useEffect(() => onChange(request), [request])
  const change = (path: Path, value: Json | undefined) => setRequest(now => edited(now, path, value))
  const usual = plan.plan?.spec as Json | undefined
  return (
    <form class="submit-columns" aria-label="Job" noValidate onSubmit={submission.submit}>
      <div class="stack">
        <Panel title="Job">
          <FormProvider value={{ document: request, change, usual, mistakes: atFields, suggestions, labels }}>
            <JobFields field={field} />
          </FormProvider>
        </Panel>
      </div>
      <div class="stack beside">
        <Panel title="Submit">
          <Mistakes error={submission.error ?? plan.error} elsewhere={elsewhere} />
          <div class="row">
            <Button type="submit" kind="primary" disabled={submission.isSending}>
              Train
            </Button>
          </div>
        </Panel>
        <PlanPanel {...plan} />
        <Panel title="Request as JSON">
          <JsonText
            {...{ label: 'Body of POST /v1/jobs', name: 'json', rows: 16, value: request }}
            set={value => setRequest(value ?? {})}
          />
        </Panel>
      </div>
    </form>
  )
}
