import type { JobEvent } from '@thresher/client'

interface Attempt {
  attempt: number
  startedAt: string
  /** For example `on native, cpu`. */
  place: string
  /** How it ended; absent while it runs. */
  end?: string
}

const REASONS = {
  shutdown: 'the worker was stopped',
  worker_lost: 'the worker was lost',
  runner_lost: 'the training process died',
}

/** The attempts of a job from its events, oldest first. */
export function attemptHistory(events: readonly JobEvent[]): Attempt[] {
  const attempts: Attempt[] = []
  for (const event of events) {
    if (event.type === 'started') {
      const { engine, device } = event.data.worker
      attempts.push({ attempt: event.attempt, startedAt: event.time, place: `on ${engine}, ${device}` })
    }
    const last = attempts.at(-1)
    const end = endOf(event)
    if (last && end) last.end = end
  }
  return attempts
}

function endOf(event: JobEvent): string | undefined {
  switch (event.type) {
    case 'restarted':
      return `${REASONS[event.data.reason]}; continued after epoch ${event.data.fromEpoch}`
    case 'failed':
      return `failed, ${event.data.error.code}`
    case 'paused':
    case 'cancelled':
    case 'succeeded':
      return event.type
    default:
      return undefined
  }
}
