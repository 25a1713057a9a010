import type { Job } from '@thresher/client'
import { jobName, type NamedJob } from '../format/job-name.ts'
import { formatPercent } from '../format/numbers.ts'
import { client } from '../state/session.ts'
import { useLoaded } from '../state/use-loaded.ts'
import { Button } from './button.tsx'
import { FreeText } from './free-text.tsx'

interface JobPickerProps {
  /** The chosen jobs, in their order. */
  chosen: readonly NamedJob[]
  /** Only jobs with these statuses are offered. */
  statuses?: Job['status'][]
  most?: number
  onChange(ids: string[]): void
}

const OFFERED = 100
/** More jobs are folded, so that they do not push the view off the screen. */
const VISIBLE = 12

/** The jobs of a view: remove one, or add one of the newest. */
export function JobPicker({ chosen, statuses, most = 50, onChange }: JobPickerProps) {
  const query = { limit: OFFERED, ...(statuses && { status: statuses }) }
  const { data } = useLoaded(
    signal => client.value.jobs.list(query, { signal }),
    [client.value, statuses?.join()],
  )
  const ids = chosen.map(({ id }) => id)
  const offered = (data?.data ?? []).filter(({ id }) => !ids.includes(id))
  const chips = chosen.map(job => (
    <span key={job.id} class="chip">
      <FreeText text={jobName(job)} />
      <Button
        kind="quiet"
        label={`Remove ${jobName(job)}`}
        onClick={() => onChange(ids.filter(id => id !== job.id))}
      >
        <span aria-hidden="true">×</span>
      </Button>
    </span>
  ))
  return (
    <fieldset class="row small job-picker" aria-label="Jobs in this view">
      {chosen.length <= VISIBLE ? (
        chips
      ) : (
        <details>
          <summary>{chosen.length} jobs</summary>
          <div class="row">{chips}</div>
        </details>
      )}
      <select
        aria-label="Add a job"
        value=""
        disabled={ids.length >= most}
        onChange={({ currentTarget }) => currentTarget.value && onChange([...ids, currentTarget.value])}
      >
        <option value="">Add a job…</option>
        {offered.map(job => (
          <option key={job.id} value={job.id}>
            {jobName(job)}
            {job.metrics && `, ${formatPercent(job.metrics.sparsity, 1)} zeros`}
          </option>
        ))}
      </select>
    </fieldset>
  )
}
