import type { Job } from '#domain/job.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'

type Changing = 'labels' | 'priority'
/** The part of a spec that never changes. It contains the topology, which may be large. */
export type FixedSpec = Omit<TrainingSpec, Changing>
type State = Omit<Job, 'spec'> & Pick<TrainingSpec, Changing>

/** A stored job, with its text. */
export interface StoredJob {
  job: Job
  /** Its text, which a change compares with the stored one. */
  state: string
  /** False for a record of an earlier version, which has the whole spec in its state. */
  isSplit: boolean
}

/** What an event rewrites. */
export function encodeState({ spec: { labels, priority }, ...job }: Job): string {
  return JSON.stringify({ ...job, labels, priority } satisfies State)
}

export function encodeFixed({ spec: { labels: _, priority: __, ...fixed } }: Job): string {
  return JSON.stringify(fixed satisfies FixedSpec)
}

/** @param fixed undefined for a record of an earlier version */
export function decodeJob(state: string, fixed: FixedSpec | undefined): Job {
  const stored: State | Job = JSON.parse(state)
  if (fixed === undefined || !('labels' in stored)) return stored as Job
  const { labels, priority, ...job } = stored
  return { ...job, spec: { ...fixed, labels, priority } }
}

/** The bytes of the files that a job keeps. */
export function bytesOf({ artifacts, checkpoints }: Job): number {
  const sizes = new Map([...artifacts, ...checkpoints].map(({ sha256, sizeBytes }) => [sha256, sizeBytes]))
  return [...sizes.values()].reduce((sum, size) => sum + size, 0)
}
