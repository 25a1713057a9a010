import type { ListedJob } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { FreeText } from '../../components/free-text.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { canCancel } from '../../state/job-status.ts'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useAction } from '../../state/use-action.ts'

interface BulkActionsProps {
  rows: readonly ListedJob[]
  selected: ReadonlySet<string>
  onClear: () => void
  /** @param cancelled the ids of the jobs that were cancelled */
  onDone: (cancelled: string[]) => void
}

/** What can be done with the jobs that are selected. */
export function BulkActions({ rows, selected, onClear, onDone }: BulkActionsProps) {
  const [asking, setAsking] = useState(false)
  const action = useAction()
  if (selected.size === 0) return null
  const jobs = [...selected].join(',')
  const active = rows.filter(row => selected.has(row.id) && canCancel(row.status))
  const words = active.length === 1 ? '1 job' : `${active.length} jobs`
  const cancel = () => {
    setAsking(false)
    action.run(() => cancelAll(active, onDone))
  }
  return (
    <section class="row bulk" aria-label="Selected jobs">
      <strong>{selected.size} selected</strong>
      <a class="button" href={linkTo('/compare', { jobs })}>
        Compare
      </a>
      <a class="button" href={linkTo('/tradeoff', { jobs })}>
        Trade-off
      </a>
      <Button kind="danger" disabled={active.length === 0 || action.running} onClick={() => setAsking(true)}>
        {active.length === 0 ? 'Cancel' : `Cancel ${words}`}
      </Button>
      <Button kind="quiet" onClick={onClear}>
        Clear selection
      </Button>
      {action.error && <ProblemNotice error={action.error} title="Not all jobs were cancelled." />}
      <ConfirmDialog
        open={asking}
        title={`Cancel ${words}?`}
        action={`Cancel ${words}`}
        danger
        onConfirm={cancel}
        onClose={() => setAsking(false)}
      >
        <p>Cancelled jobs cannot continue. Their metrics, checkpoints and artifacts remain.</p>
        <ul>
          {active.slice(0, 10).map(job => (
            <li key={job.id}>
              <FreeText text={job.name ?? job.id} />
            </li>
          ))}
          {active.length > 10 && <li>and {active.length - 10} more</li>}
        </ul>
      </ConfirmDialog>
    </section>
  )
}

/** Cancels all that can be cancelled, and reports them. @throws the first error */
async function cancelAll(jobs: readonly ListedJob[], onDone: (cancelled: string[]) => void): Promise<void> {
  const { jobs: resource } = client.value
  const results = await Promise.allSettled(jobs.map(job => resource.cancel(job.id)))
  onDone(jobs.filter((_, index) => results[index]!.status === 'fulfilled').map(({ id }) => id))
  const refused = results.find(result => result.status === 'rejected')
  if (refused) throw refused.reason
}
