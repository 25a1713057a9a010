import { z } from 'zod'
import { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { Latency } from '#optimization/latency.ts'
import { CutTimings } from '#optimization/tradeoff.ts'
import { Artifact } from './artifact.ts'
import { CheckpointRecord } from './checkpoint.ts'

/** The worker that trains, with the engine and device that it uses, which may differ from the configured ones. */
export const WorkerRef = z.object({ id: z.string(), engine: z.string(), device: z.string() })
export type WorkerRef = z.infer<typeof WorkerRef>

export const Warning = z.object({ code: z.string(), path: z.string(), message: z.string() })
export type Warning = z.infer<typeof Warning>

export const FailureCode = z.enum([
  'invalid_data',
  'diverged',
  'out_of_memory',
  'device_fault',
  'worker_lost',
  'timed_out',
  'quota_exceeded',
  'internal',
])
export type FailureCode = z.infer<typeof FailureCode>

export const Failure = z.object({ code: FailureCode, message: z.string(), retryable: z.boolean() })
export type Failure = z.infer<typeof Failure>

/** Why a training has ended: it has trained all epochs, or `earlyStopping` has ended it. */
export const EndReason = z.enum(['finished', 'early_stopped'])
export type EndReason = z.infer<typeof EndReason>

const nothing = z.object({})
const modelEpoch = z
  .int()
  .optional()
  .describe('Completed epochs of the model: the last epoch, or the best one with `earlyStopping`.')
const peakMemoryBytes = z.int().optional().describe('Peak memory of the training process.')

/** The `data` of each type of event. */
const EVENT_DATA = {
  queued: nothing,
  started: z.object({ worker: WorkerRef }),
  epoch: EpochMetrics,
  checkpointed: CheckpointRecord,
  artifact: Artifact,
  warning: Warning,
  pausing: z.object({
    reason: z.literal('quota_exceeded').optional().describe('The device seconds of the day are used up.'),
    resumesAt: z.iso.datetime().optional().describe('When the job continues by itself.'),
  }),
  paused: nothing,
  resumed: nothing,
  restarted: z.object({ reason: z.enum(['shutdown', 'worker_lost', 'runner_lost']), fromEpoch: z.int() }),
  cancelling: nothing,
  cancelled: nothing,
  failed: z.object({ error: Failure, peakMemoryBytes }),
  succeeded: z.object({
    reason: EndReason.optional(),
    modelEpoch,
    peakMemoryBytes,
    latency: Latency.optional().describe(
      'How long the predictions of the model take, on the worker that trained it.',
    ),
    cutTimings: z
      .array(CutTimings)
      .optional()
      .describe('The same for the points of the trade-off that was measured with it.'),
  }),
} as const
export type EventType = keyof typeof EVENT_DATA

/** An event without its place in the history of a job. */
export type NewEvent = {
  [T in EventType]: { type: T; attempt: number; data: z.infer<(typeof EVENT_DATA)[T]> }
}[EventType]

/** An event of a job: `seq` counts from 1 without gaps, `attempt` is the fencing token of its author. */
export type JobEvent = NewEvent & { seq: number; jobId: string; time: string }

/** Stands for the events of a history that were trimmed, both ends included. */
export const HistoryGap = z
  .object({ type: z.literal('gap'), from: z.int().min(1), to: z.int().min(1) })
  .meta({
    id: 'HistoryGap',
    description: 'Stands for events of the history that were trimmed, both ends included.',
  })
export type HistoryGap = z.infer<typeof HistoryGap>

/** A status that never changes. */
export const TerminalStatus = z.enum(['succeeded', 'failed', 'cancelled'])
export type TerminalStatus = z.infer<typeof TerminalStatus>
export const TERMINAL: ReadonlySet<string> = new Set(TerminalStatus.options)

/** Whether it is the last event of a job; its type is then the final status of the job. */
export function endsJob<E extends Pick<JobEvent, 'type'>>(event: E): event is E & { type: TerminalStatus } {
  return TERMINAL.has(event.type)
}

const eventOf = <T extends EventType>(type: T) =>
  z.object({
    seq: z.int().min(1),
    type: z.literal(type),
    jobId: z.string(),
    attempt: z.int().min(0),
    time: z.iso.datetime(),
    data: EVENT_DATA[type],
  })

/** The same as a schema, for the contract. */
export const JobEventSchema = z
  .discriminatedUnion('type', [
    eventOf('queued'),
    eventOf('started'),
    eventOf('epoch'),
    eventOf('checkpointed'),
    eventOf('artifact'),
    eventOf('warning'),
    eventOf('pausing'),
    eventOf('paused'),
    eventOf('resumed'),
    eventOf('restarted'),
    eventOf('cancelling'),
    eventOf('cancelled'),
    eventOf('failed'),
    eventOf('succeeded'),
  ])
  .meta({ id: 'JobEvent', description: 'An event in the history of a job.' })

/** After the last epoch, of a job that measures its trade-off. */
export const MeasuringProgress = z
  .object({ done: z.int(), total: z.int() })
  .describe('Measured points of the trade-off, and the number of all, at most.')

/** Progress within an epoch: at most 4 frames a second, without a seq, not in the history. */
export const ProgressFrame = z
  .object({
    type: z.literal('progress'),
    jobId: z.string(),
    attempt: z.int(),
    epoch: z.int(),
    step: z.int().describe('Within the epoch, from 1.'),
    stepsPerEpoch: z.int(),
    loss: z.number(),
    examplesPerSecond: z.number(),
    tradeoff: MeasuringProgress.optional(),
  })
  .meta({
    id: 'ProgressFrame',
    description: 'Progress within an epoch: at most 4 frames a second, not in the history.',
  })
export type ProgressFrame = z.infer<typeof ProgressFrame>
