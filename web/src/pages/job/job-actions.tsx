import type { Job } from '@thresher/client'
import { useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { canCancel, canPause, isTerminal } from '../../state/job-status.ts'
import { linkTo, navigate } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useAction } from '../../state/use-action.ts'

interface JobActionsProps {
  job: Job
  onChange: () => void
}

/** What can be done with a job in its present status. */
export function JobActions({ job, onChange }: JobActionsProps) {
  const [asking, setAsking] = useState<'cancel' | 'delete' | null>(null)
  const action = useAction(job.status)
  const { jobs } = client.value
  const act = (verb: 'pause' | 'resume' | 'cancel') => () => {
    setAsking(null)
    action.run(() => jobs[verb](job.id).then(onChange))
  }
  const remove = () => {
    setAsking(null)
    action.run(() => jobs.delete(job.id).then(() => navigate('/jobs')))
  }
  const { status } = job
  return (
    <>
      {action.error && <ProblemNotice error={action.error} />}
      {canPause(status) && (
        <Button {...{ disabled: action.running }} onClick={act('pause')}>
          Pause
        </Button>
      )}
      {status === 'paused' && (
        <Button {...{ disabled: action.running }} onClick={act('resume')}>
          Resume
        </Button>
      )}
      <a class="button" href={linkTo('/submit', { clone: job.id })}>
        Clone and edit
      </a>
      {job.metrics ? (
        <a class="button" href={linkTo('/tradeoff', { jobs: job.id })}>
          Trade-off
        </a>
      ) : (
        <span title="The training has not left a model yet.">
          <Button disabled>Trade-off</Button>
        </span>
      )}
      {canCancel(status) && (
        <Button kind="danger" onClick={() => setAsking('cancel')}>
          Cancel
        </Button>
      )}
      {isTerminal(status) && (
        <Button kind="danger" onClick={() => setAsking('delete')}>
          Delete
        </Button>
      )}
      <Questions
        job={job}
        asking={asking}
        onClose={() => setAsking(null)}
        onCancel={act('cancel')}
        onDelete={remove}
      />
    </>
  )
}

interface QuestionsProps {
  job: Job
  asking: 'cancel' | 'delete' | null
  onClose: () => void
  onCancel: () => void
  onDelete: () => void
}

function Questions({ job, asking, onClose, onCancel, onDelete }: QuestionsProps) {
  const name = <bdi>{job.name ?? job.id}</bdi>
  return (
    <>
      <ConfirmDialog
        open={asking === 'cancel'}
        title={<>Cancel {name}?</>}
        action="Cancel the job"
        dismiss="Keep it"
        danger
        onConfirm={onCancel}
        onClose={onClose}
      >
        <p>A cancelled job cannot continue. Its metrics, checkpoints and artifacts remain.</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'delete'}
        title={<>Delete {name}?</>}
        action="Delete the job"
        dismiss="Keep it"
        danger
        onConfirm={onDelete}
        onClose={onClose}
      >
        <p>The job is deleted with its metrics, checkpoints and artifacts. This cannot be undone.</p>
      </ConfirmDialog>
    </>
  )
}
