import type { Job } from '@thresher/client'

export type JobStatus = Job['status']

/** The statuses by what a reader asks for. */
export const STATUS_GROUPS = {
  queued: ['queued'],
  running: ['running', 'restarting', 'pausing', 'cancelling'],
  paused: ['paused'],
  succeeded: ['succeeded'],
  failed: ['failed'],
  cancelled: ['cancelled'],
} as const satisfies Record<string, readonly JobStatus[]>

export type StatusGroup = keyof typeof STATUS_GROUPS
export const STATUS_GROUP_NAMES = Object.keys(STATUS_GROUPS) as StatusGroup[]

/** Whether the job may still change by itself. */
export function isActive(status: JobStatus): boolean {
  return status === 'queued' || within('running', status)
}

export function isTerminal(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

export function canCancel(status: JobStatus): boolean {
  return !isTerminal(status) && status !== 'cancelling'
}

export function canPause(status: JobStatus): boolean {
  return status === 'queued' || status === 'running' || status === 'restarting'
}

function within(group: StatusGroup, status: JobStatus): boolean {
  return (STATUS_GROUPS[group] as readonly JobStatus[]).includes(status)
}
