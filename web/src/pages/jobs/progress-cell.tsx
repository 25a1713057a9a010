import type { JobProgress, ListedJob } from '@thresher/client'
import { formatAge, formatDuration } from '../../format/times.ts'
import { isTerminal } from '../../state/job-status.ts'

interface ProgressCellProps {
  job: ListedJob
  progress: JobProgress | undefined
}

/** Where a job is, in words and as a bar that moves within the epoch. */
export function ProgressCell({ job, progress }: ProgressCellProps) {
  const { epoch, epochs, fraction, etaSeconds } = job.progress
  if (job.status === 'queued') return <span class="quiet">{queueWords(job)}</span>
  if (isTerminal(job.status))
    return (
      <>
        {epoch} <span class="quiet">of {epochs}</span>
      </>
    )
  const within = progress ? (progress.epoch - 1 + progress.step / progress.stepsPerEpoch) / epochs : 0
  const share = Math.min(1, Math.max(fraction, within))
  return (
    <div class="progress-cell">
      <span>
        {epoch} <span class="quiet">of {epochs}</span>
        {etaSeconds !== undefined && <span class="quiet"> · {formatDuration(etaSeconds)} left</span>}
      </span>
      <progress class="bar" max={1} value={share} aria-label={`Progress of ${job.name ?? job.id}`} />
    </div>
  )
}

function queueWords({ waitsFor, queuePosition, estimatedStartAt }: ListedJob): string {
  if (waitsFor) return 'waits for a quota'
  const place = queuePosition === undefined ? 'waits' : `number ${queuePosition} in the queue`
  return estimatedStartAt === undefined ? place : `${place}, ${formatAge(estimatedStartAt)}`
}
