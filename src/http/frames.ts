import { z } from 'zod'
import { AnalysisProgress } from '#domain/analysis.ts'
import { HistoryGap, JobEventSchema, ProgressFrame, TerminalStatus } from '#domain/event.ts'
import { AnalysisEvent } from './analysis-event.ts'
import { ListedAnalysis } from './analysis-resource.ts'
import { JobParams } from './job-params.ts'
import { JobResource } from './job-resource.ts'

const jobId = z.string()
const lastSeq = z.int().min(1).describe('The seq of the last event of the history so far.')

/** The first frame of the stream of a job. */
export const JobSnapshotFrame = z
  .object({ type: z.literal('snapshot'), job: JobResource, lastSeq })
  .meta({ id: 'JobSnapshotFrame', description: 'The job when the stream began.' })

/** The first frame of the stream of an analysis. Its result, which may be large, is left out. */
export const AnalysisSnapshotFrame = z
  .object({ type: z.literal('snapshot'), analysis: ListedAnalysis, lastSeq })
  .meta({ id: 'AnalysisSnapshotFrame', description: 'The analysis when the stream began.' })

const HeartbeatFrame = z.object({ type: z.literal('heartbeat'), time: z.iso.datetime() }).meta({
  id: 'HeartbeatFrame',
  description: 'Sent every 25 s. A client that misses two of them connects again with its last seq.',
})

const EndFrame = z.object({ type: z.literal('end'), status: TerminalStatus, lastSeq }).meta({
  id: 'EndFrame',
  description: 'The job or analysis has ended, and every event was sent.',
})

/** Frames of the stream of one job. */
export const JobFrame = z
  .union([JobSnapshotFrame, JobEventSchema, ProgressFrame, HistoryGap, HeartbeatFrame, EndFrame])
  .meta({ id: 'JobFrame' })

/** Frames of the stream of one analysis. */
export const AnalysisFrame = z
  .union([AnalysisSnapshotFrame, AnalysisEvent, AnalysisProgress, HistoryGap, HeartbeatFrame, EndFrame])
  .meta({ id: 'AnalysisFrame' })

/** The frames of one job, on a socket with many: each names its job. Events and progress do so in every stream. */
const SubscribedSnapshotFrame = JobSnapshotFrame.extend({ jobId }).meta({
  id: 'SubscribedSnapshotFrame',
  description: 'The job when its subscription began.',
})
const SubscribedGapFrame = HistoryGap.extend({ jobId }).meta({
  id: 'SubscribedGapFrame',
  description: 'Stands for events of the job that were trimmed, both ends included.',
})
const SubscribedEndFrame = EndFrame.extend({ jobId }).meta({
  id: 'SubscribedEndFrame',
  description: 'The job has ended, and with it its subscription. The socket remains open.',
})
const SubscriptionErrorFrame = z
  .object({ type: z.literal('error'), jobId, code: z.enum(['not_found', 'too_many_subscriptions']) })
  .meta({ id: 'SubscriptionErrorFrame', description: 'The job cannot be watched on this socket.' })

/** Frames of the socket for many jobs. */
export const StreamFrame = z
  .union([
    SubscribedSnapshotFrame,
    JobEventSchema,
    ProgressFrame,
    SubscribedGapFrame,
    HeartbeatFrame,
    SubscribedEndFrame,
    SubscriptionErrorFrame,
  ])
  .meta({ id: 'StreamFrame' })

export const SubscribeCommand = z
  .strictObject({
    subscribe: z.strictObject({
      ...JobParams.shape,
      after: z.int().min(0).default(0).describe('The seq of the last event that the client has.'),
    }),
  })
  .meta({ id: 'SubscribeCommand', description: 'Watch a job. Replaces an earlier subscription to it.' })
const UnsubscribeCommand = z
  .strictObject({ unsubscribe: z.strictObject(JobParams.shape) })
  .meta({ id: 'UnsubscribeCommand', description: 'Stop watching a job.' })

/** What a client sends on the socket for many jobs. */
export const StreamCommand = z.union([SubscribeCommand, UnsubscribeCommand]).meta({ id: 'StreamCommand' })

export type AnalysisSnapshotFrame = z.input<typeof AnalysisSnapshotFrame>
export type JobSnapshotFrame = z.input<typeof JobSnapshotFrame>
/** A frame of the stream of one record. */
export type RecordFrame = z.input<typeof JobFrame | typeof AnalysisFrame>
/** Any frame that the service sends. */
export type Frame = RecordFrame | z.input<typeof StreamFrame>
