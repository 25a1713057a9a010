import { z } from 'zod'
import { endsJob, type JobEvent, ProgressFrame } from '#domain/event.ts'
import { isTerminal } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import { eventResource } from './event-resource.ts'
import type { FrameSink } from './frame-sink.ts'
import { describeJob, JobResource } from './job-resource.ts'
import { shownFields } from './shown-fields.ts'

/**
 * Sends a snapshot of a job, its events after a seq, new events and progress as they arrive, and one `end` frame when the job has ended.
 * @returns whether the job exists, once the job has ended or the signal is aborted
 */
export async function watchJob(
  stores: Pick<Stores, 'jobs' | 'events' | 'queue'>,
  { jobId, after }: { jobId: string; after: number },
  sink: FrameSink,
  signal: AbortSignal,
): Promise<boolean> {
  const job = await stores.jobs.get(jobId)
  if (!job) return false
  // The schema of a route encodes its responses; frames are not responses of a route, so they are encoded here.
  const snapshot = z.encode(JobResource, await describeJob(job, stores))
  if (signal.aborted) return true
  const over = new AbortController()
  const end = (status: string, lastSeq: number) => {
    sink.send({ type: 'end', status, lastSeq })
    over.abort()
  }
  sink.send({ type: 'snapshot', job: snapshot, lastSeq: job.lastSeq })
  if (isTerminal(job.status) && after >= job.lastSeq) end(job.status, job.lastSeq)
  const follower = {
    onEvent(event: JobEvent) {
      sink.send(eventResource(event))
      if (endsJob(event)) end(event.type, event.seq)
    },
    onProgress: (frame: ProgressFrame) => sink.offer(shownFields(ProgressFrame, frame)),
    room: () => sink.room(),
  }
  await stores.events.follow(job, after, follower, AbortSignal.any([signal, over.signal]))
  return true
}
