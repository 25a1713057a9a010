import { z } from 'zod'
import { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { Latency } from '#optimization/latency.ts'
import type { CutTimings } from '#optimization/tradeoff.ts'
import { Analysis } from './analysis.ts'
import type { Artifact } from './artifact.ts'
import { addCheckpoint, type CheckpointRecord } from './checkpoint.ts'
import {
  EndReason,
  type EventType,
  Failure,
  type JobEvent,
  type NewEvent,
  TERMINAL,
  type TerminalStatus,
  Warning,
  WorkerRef,
} from './event.ts'
import { Expired } from './retention.ts'
import { TrainingSpec } from './training-spec.ts'

export const JobStatus = z.enum([
  'queued',
  'running',
  'restarting',
  'pausing',
  'paused',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
])
export type JobStatus = z.infer<typeof JobStatus>

export function isTerminal(status: JobStatus): status is TerminalStatus {
  return TERMINAL.has(status)
}

/** Whether the job is terminal or paused, so that its files and its model do not change. */
export function hasStopped(status: JobStatus): boolean {
  return isTerminal(status) || status === 'paused'
}

const Best = z.object({
  epoch: z.int(),
  validationAccuracy: z.number().optional(),
  validationLoss: z.number(),
})

/** One training run, or one analysis, from submission to a terminal status: the fold of its events. */
export const Job = z.object({
  id: z.string(),
  name: z.string().optional(),
  status: JobStatus,
  spec: TrainingSpec,
  clonedFrom: z.string().optional().describe('The job that this job was cloned from.'),
  continuedFrom: z
    .object({ epoch: z.int(), step: z.int() })
    .optional()
    .describe('The checkpoint of that job that this job continues from.'),
  sweepId: z.string().optional().describe('The sweep that submitted this job.'),
  keyId: z.string().optional().describe('The key that submitted this job.'),
  analysis: Analysis.optional(),
  attempt: z.int(),
  restarts: z.int(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  metrics: EpochMetrics.optional(),
  best: Best.optional(),
  warnings: z.array(Warning),
  error: Failure.optional(),
  worker: WorkerRef.optional(),
  reason: EndReason.optional().describe('Of a job that has succeeded: whether it has trained all epochs.'),
  modelEpoch: z
    .int()
    .optional()
    .describe(
      'Of a job that has succeeded: the completed epochs of its model, which `earlyStopping` chooses.',
    ),
  peakMemoryBytes: z.int().optional().describe('Peak memory of the training process.'),
  latency: Latency.optional().describe(
    'How long the predictions of the model take, dense beside sparse, on the worker that trained it. Of a job that has succeeded; absent if the runtime refuses the network.',
  ),
  expired: Expired.optional().describe(
    'When checkpoints or artifacts were deleted, after the time in `expiresAfterSeconds`.',
  ),
  resumesAt: z.iso
    .datetime()
    .optional()
    .describe('When a job that is paused because of a quota continues by itself.'),
})
export interface Job extends z.infer<typeof Job> {
  /** Absent for the default tenant. */
  tenant?: string
  lastSeq: number
  /** The last event that was trimmed from the history; absent if none was. */
  trimmedSeq?: number
  artifacts: readonly Artifact[]
  /** In the order of their steps. */
  checkpoints: readonly CheckpointRecord[]
  /** How long the predictions of the cuts take whose trade-off it has measured. */
  cutTimings?: CutTimings[] | undefined
  /** Running time of the ended attempts, in milliseconds. */
  ranMs: number
  /** When the current attempt started. */
  runningSince?: string
}

/** The word for the record in messages. */
export function nounOf({ analysis }: Pick<Job, 'analysis'>): 'job' | 'analysis' {
  return analysis ? 'analysis' : 'job'
}

/** Fields that a new job may have besides its spec. */
export type Origin = Partial<
  Pick<
    Job,
    | 'name'
    | 'tenant'
    | 'keyId'
    | 'clonedFrom'
    | 'continuedFrom'
    | 'sweepId'
    | 'analysis'
    | 'checkpoints'
    | 'metrics'
    | 'best'
  >
>

/** The job after its first event. */
export function queuedJob(
  id: string,
  spec: TrainingSpec,
  details: Pick<Job, 'warnings' | 'createdAt'> & Origin,
): Job {
  return {
    id,
    status: 'queued',
    spec,
    attempt: 0,
    restarts: 0,
    lastSeq: 1,
    artifacts: [],
    checkpoints: [],
    ranMs: 0,
    ...details,
  }
}

/** Event 1. It follows from the job and is not stored. */
export function queuedEvent(job: Pick<Job, 'id' | 'createdAt'>): JobEvent {
  return { seq: 1, type: 'queued', jobId: job.id, attempt: 0, time: job.createdAt, data: {} }
}

const FROM_WORK: readonly JobStatus[] = ['running', 'pausing', 'cancelling']

/** The statuses in which each event is allowed, and the status that it leads to; without `to`, the status remains. */
const TRANSITIONS: Record<EventType, { from: readonly JobStatus[]; to?: JobStatus }> = {
  queued: { from: [] },
  started: { from: ['queued', 'restarting'], to: 'running' },
  epoch: { from: FROM_WORK },
  checkpointed: { from: FROM_WORK },
  artifact: { from: FROM_WORK },
  warning: { from: FROM_WORK },
  restarted: { from: ['running'], to: 'restarting' },
  pausing: { from: ['running', 'restarting'], to: 'pausing' },
  paused: { from: ['queued', 'pausing'], to: 'paused' },
  resumed: { from: ['paused'], to: 'queued' },
  cancelling: { from: ['running', 'restarting', 'pausing'], to: 'cancelling' },
  cancelled: { from: ['queued', 'paused', 'cancelling'], to: 'cancelled' },
  failed: { from: ['queued', 'running', 'restarting', 'pausing', 'cancelling'], to: 'failed' },
  succeeded: { from: ['running', 'pausing'], to: 'succeeded' },
}

/** An event of an attempt that is not the current one, or one that the status of the job does not allow. */
export class RefusedEvent extends Error {
  override readonly name = 'RefusedEvent'
}

/** The same event with its place in the history of the job. */
export function placeEvent(job: Job, event: NewEvent, time: string): JobEvent {
  return { ...event, seq: job.lastSeq + 1, jobId: job.id, time }
}

/**
 * One step of the fold.
 * @throws RefusedEvent when the attempt is not the current one (`started` opens the next) or the status forbids the event
 */
export function applyEvent(job: Job, event: JobEvent): Job {
  const attempt = event.type === 'started' ? job.attempt + 1 : job.attempt
  if (event.attempt !== attempt) {
    throw new RefusedEvent(
      `${event.type} is of attempt ${event.attempt}, but attempt ${attempt} is the current one`,
    )
  }
  const { from, to } = TRANSITIONS[event.type]
  if (!from.includes(job.status))
    throw new RefusedEvent(`a ${job.status} job cannot take the event ${event.type}`)
  const status = to ?? job.status
  const base: Job = event.type === 'restarted' || event.type === 'paused' ? withoutLostEpochs(job) : job
  const moved: Job = { ...base, ...consequences(job, event), attempt, status, lastSeq: event.seq }
  const { resumesAt: _, ...settled } = moved
  if (isTerminal(status)) return { ...settled, finishedAt: event.time }
  return status === 'pausing' || status === 'paused' ? moved : settled
}

/** The number of completed epochs that the next attempt starts with. */
export function epochToResumeFrom({ checkpoints }: Pick<Job, 'checkpoints'>): number {
  return checkpoints.at(-1)?.epoch ?? 0
}

/** The job without the metrics of epochs after its last checkpoint: the next attempt repeats those epochs. */
export function withoutLostEpochs<Measured extends Pick<Job, 'checkpoints' | 'metrics' | 'best'>>({
  metrics,
  best,
  ...job
}: Measured): Omit<Measured, 'metrics' | 'best'> & Pick<Job, 'metrics' | 'best'> {
  const epoch = epochToResumeFrom(job)
  return {
    ...job,
    ...(metrics && metrics.epoch <= epoch && { metrics }),
    ...(best && best.epoch <= epoch && { best }),
  }
}

function consequences(job: Job, event: JobEvent): Partial<Job> {
  switch (event.type) {
    case 'started':
      return { worker: event.data.worker, startedAt: job.startedAt ?? event.time, runningSince: event.time }
    case 'epoch':
      return { metrics: event.data, ...improvedBest(job, event.data) }
    case 'artifact':
      return { artifacts: [...job.artifacts.filter(({ name }) => name !== event.data.name), event.data] }
    case 'checkpointed':
      return { checkpoints: addCheckpoint(job.checkpoints, event.data, job.spec.checkpoint) }
    case 'warning':
      return { warnings: [...job.warnings, event.data] }
    case 'pausing':
      return event.data.resumesAt === undefined ? {} : { resumesAt: event.data.resumesAt }
    case 'restarted':
      return {
        restarts: job.restarts + (event.data.reason === 'shutdown' ? 0 : 1),
        ranMs: ranUntil(job, event.time),
      }
    case 'paused':
      // A queued job has not run since its last attempt ended.
      return job.status === 'pausing' ? { ranMs: ranUntil(job, event.time) } : {}
    case 'failed':
      return { error: event.data.error, ...peakOf(event.data) }
    case 'succeeded':
      // The saved states of an analysis have served their purpose.
      return { ...event.data, ...(job.analysis && { checkpoints: [] }) }
    default:
      return {}
  }
}

function peakOf({ peakMemoryBytes }: Pick<Job, 'peakMemoryBytes'>): Partial<Job> {
  return peakMemoryBytes === undefined ? {} : { peakMemoryBytes }
}

function ranUntil({ ranMs, runningSince }: Job, time: string): number {
  return ranMs + Date.parse(time) - Date.parse(runningSince ?? time)
}

function improvedBest({ best, spec }: Job, metrics: EpochMetrics): Partial<Job> {
  const { epoch, validationAccuracy, validationLoss } = metrics
  const { bestBy } = spec.checkpoint
  const sign = bestBy === 'validationLoss' ? -1 : 1
  if (best && sign * best[bestBy]! >= sign * metrics[bestBy]!) return {}
  return { best: { epoch, ...(validationAccuracy !== undefined && { validationAccuracy }), validationLoss } }
}
