import { z } from 'zod'
import { Artifact } from '#domain/artifact.ts'
import { Failure, type JobEvent, Warning, WorkerRef } from '#domain/event.ts'
import { shownFields } from './shown-fields.ts'

const nothing = z.object({})
const peakMemoryBytes = z.int().optional().describe('Peak memory of the process.')

const eventOf = <Type extends JobEvent['type'], Data extends z.ZodObject>(type: Type, data: Data) =>
  z.object({
    seq: z.int().min(1),
    type: z.literal(type),
    analysisId: z.string(),
    attempt: z.int().min(0),
    time: z.iso.datetime(),
    data,
  })

const OPTIONS = [
  eventOf('queued', nothing),
  eventOf('started', z.object({ worker: WorkerRef })),
  eventOf(
    'checkpointed',
    z.object({ step: z.int().describe('Units of work that a later attempt need not repeat.') }),
  ),
  eventOf('warning', Warning),
  eventOf(
    'artifact',
    Artifact.pick({ name: true, mediaType: true, sizeBytes: true, sha256: true, description: true }),
  ),
  eventOf('restarted', z.object({ reason: z.enum(['shutdown', 'worker_lost', 'runner_lost']) })),
  eventOf('cancelling', nothing),
  eventOf('cancelled', nothing),
  eventOf('failed', z.object({ error: Failure, peakMemoryBytes })),
  eventOf('succeeded', z.object({ peakMemoryBytes })),
] as const

/** An event of an analysis: those of a job, without those of a training. */
export const AnalysisEvent = z.discriminatedUnion('type', [...OPTIONS]).meta({
  id: 'AnalysisEvent',
  description: 'An event in the history of an analysis.',
})
export type AnalysisEvent = z.infer<typeof AnalysisEvent>

const DATA: ReadonlyMap<string, z.ZodObject> = new Map(
  OPTIONS.map(({ shape: { type, data } }) => [type.value, data as z.ZodObject]),
)

/** A stored event as clients see it. */
export function analysisEvent({ seq, type, jobId, attempt, time, data }: JobEvent): AnalysisEvent {
  const shown = shownFields(DATA.get(type) ?? nothing, data)
  return { seq, type, analysisId: jobId, attempt, time, data: shown } as AnalysisEvent
}
