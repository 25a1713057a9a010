import type { Job, JobEvent } from '@thresher/client'
import { Panel } from '../../components/panel.tsx'
import { formatClock, formatTime } from '../../format/times.ts'
import { attemptHistory } from './attempt-history.ts'

interface AttemptsProps {
  job: Job
  events: readonly JobEvent[]
}

/** Every attempt to train the job: where it ran, and why it ended. */
export function Attempts({ job, events }: AttemptsProps) {
  const attempts = attemptHistory(events)
  if (attempts.length === 0) return null
  const restarts = job.restarts === 1 ? '1 restart' : `${job.restarts} restarts`
  return (
    <Panel
      title="Attempts"
      controls={job.restarts > 0 && <span class="quiet">{restarts} after failures</span>}
    >
      <ol class="attempts">
        {attempts.map(({ attempt, startedAt, place, end }) => (
          <li key={attempt}>
            <span class="quiet" title={formatTime(startedAt)}>
              {formatClock(startedAt)}
            </span>
            <span>
              Attempt {attempt} {place}
              {end && <span class="quiet">: {end}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
