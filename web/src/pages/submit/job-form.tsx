import type { JobRequest } from '@thresher/client'
import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { Panel } from '../../components/panel.tsx'
import { FormProvider } from '../../form/form-context.ts'
import type { ObjectField } from '../../form/form-model.ts'
import { JsonText } from '../../form/json-text.tsx'
import { lacksOnly } from '../../form/lacks-only.ts'
import { Mistakes } from '../../form/mistakes.tsx'
import { edited, type Json, type Path } from '../../form/path.ts'
import { useMistakes } from '../../form/use-mistakes.ts'
import { JobFields } from '../../job-form/job-fields.tsx'
import { usePlan } from '../../job-form/use-plan.ts'
import { useRecords } from '../../job-form/use-records.ts'
import { useSubmission } from '../../job-form/use-submission.ts'
import { navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { DatasetDialog } from '../../uploads/dataset-dialog.tsx'
import { PlanPanel } from './plan-panel.tsx'

interface JobFormProps {
  field: ObjectField
  start: Json
  /** A text in place of the first JSON. */
  firstText?: string | undefined
  onChange(request: Json): void
}

/** The request of a job as a form and as JSON, beside its dry run. */
export function JobForm({ field, start, firstText, onChange }: JobFormProps) {
  const [request, setRequest] = useState(start)
  const [isUploading, setUploading] = useState(false)
  const { plan, error, isStale } = usePlan(request)
  const { suggestions, labels, prominent, defaultsOf, reloadDatasets } = useRecords()
  const submission = useSubmission(request, () => train(request))
  const isUntouched = request === start && lacksOnly(error, request)
  const refusal = submission.error ?? (isUntouched ? undefined : error)
  const { atFields, elsewhere } = useMistakes(refusal, field, request)
  useEffect(() => onChange(request), [request])
  const change = (path: Path, value: Json | undefined) => setRequest(now => edited(now, path, value))
  const usual = (plan?.spec as Json | undefined) ?? defaultsOf(request)
  const form = { document: request, change, usual, mistakes: atFields, suggestions, labels, prominent }
  return (
    <div class="form-columns">
      <form id="job" aria-label="Job" noValidate onSubmit={submission.submit}>
        <Panel title="Job">
          <FormProvider value={form}>
            <JobFields
              field={field}
              datasetAction={<Button onClick={() => setUploading(true)}>Upload a dataset…</Button>}
            />
          </FormProvider>
          <Mistakes error={refusal} elsewhere={elsewhere} />
          <Button type="submit" kind="primary" disabled={submission.isSending}>
            Start training
          </Button>
        </Panel>
      </form>
      <div class="stack">
        <PlanPanel {...{ plan, error, isStale }} />
        <Panel title="The request as JSON">
          <JsonText
            {...{
              label: 'Body of POST /v1/jobs',
              name: 'json',
              rows: 16,
              value: request,
              form: 'job',
              first: firstText,
            }}
            mustBeObject
            set={value => setRequest(value ?? {})}
          />
        </Panel>
      </div>
      <DatasetDialog
        open={isUploading}
        onClose={() => setUploading(false)}
        onUploaded={({ id }) => {
          setUploading(false)
          reloadDatasets()
          change(['dataset', 'id'], id)
        }}
      />
    </div>
  )
}

async function train(request: Json): Promise<void> {
  const { id } = await client.value.jobs.create(request as JobRequest)
  navigate(`/jobs/${id}`)
}
