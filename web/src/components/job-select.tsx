import type { ListedJob } from '@thresher/client'
import { jobName } from '../format/job-name.ts'
import { formatNumber, formatPercent } from '../format/numbers.ts'
import { FormField } from './form-field.tsx'

interface JobSelectProps {
  label: string
  jobs: readonly ListedJob[]
  /** An id. One that is none of the jobs remains selectable. */
  value: string
  error?: string | undefined
  onChange(id: string): void
}

/** A choice among trained jobs, with what their models are worth. */
export function JobSelect({ label, jobs, value, error, onChange }: JobSelectProps) {
  const isKnown = jobs.some(({ id }) => id === value)
  return (
    <FormField label={label} error={error}>
      {attributes => (
        <select {...attributes} value={value} onChange={event => onChange(event.currentTarget.value)}>
          {!isKnown && <option value={value}>{value === '' ? 'Choose a job' : value}</option>}
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

function describe(job: ListedJob): string {
  const { metrics, status } = job
  if (!metrics) return `${jobName(job)} · ${status}`
  const { validationAccuracy, validationLoss, sparsity } = metrics
  const quality =
    validationAccuracy === undefined
      ? `loss ${formatNumber(validationLoss)}`
      : `${formatPercent(validationAccuracy, 1)} accurate`
  return `${jobName(job)} · ${quality}, ${formatPercent(sparsity, 1)} zeros`
}
