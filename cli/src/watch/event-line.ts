import type { JobEvent } from '@thresher/client'
import { bytes } from '../terminal/figures.ts'
import type { Colors } from '../terminal/terminal.ts'
import { harmless } from '../terminal/text.ts'

const RESTARTS = {
  shutdown: 'its worker was stopped',
  worker_lost: 'its worker did not answer',
  runner_lost: 'its process ended',
} as const

type OtherEvent = Exclude<JobEvent, { type: 'epoch' }>

/** What an event other than an epoch says, in one sentence or part of it. */
export function eventLine(event: OtherEvent, colors: Colors): string {
  const { yellow, red, green } = colors
  switch (event.type) {
    case 'queued':
      return 'queued'
    case 'started':
      return harmless(`running on the ${event.data.worker.engine} engine, device ${event.data.worker.device}`)
    case 'warning':
      return `${yellow('warning')}  ${harmless(event.data.message)}`
    case 'checkpointed':
      return `checkpoint of epoch ${event.data.epoch}, ${bytes(event.data.sizeBytes)}`
    case 'artifact':
      return `file ${harmless(event.data.name)}, ${bytes(event.data.sizeBytes)}`
    case 'pausing':
      return event.data.reason === 'quota_exceeded' ? 'pausing: a quota is used up' : 'pausing'
    case 'restarted':
      return `${yellow('restarted')} after epoch ${event.data.fromEpoch}: ${RESTARTS[event.data.reason]}`
    case 'failed':
      return `${red('failed')}  ${harmless(event.data.error.message)}`
    case 'succeeded':
      return green(event.data.reason === 'early_stopped' ? 'succeeded, stopped early' : 'succeeded')
    default:
      return harmless(event.type)
  }
}
