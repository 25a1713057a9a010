import { endsJob, type JobEvent, type ProgressFrame } from '#domain/event.ts'
import { isTerminal } from '#domain/job.ts'
import type { Stores } from '#stores/connect.ts'
import type { FrameSocket } from './frame-socket.ts'
import { describeJob } from './job-resource.ts'

/** Where frames go: those that must arrive, those that may be lost, and whether there is room for more. */
export type FrameSink = Pick<FrameSocket, 'send' | 'offer' | 'room'>

/**
 * Sends a job's snapshot, its events after a seq, its news and, once it is over, one `end` frame.
 * @returns when the job is over or the signal is aborted: whether there is such a job
 */
export async function watchJob(
  stores: Stores,
  { jobId, after }: { jobId: string; after: number },
  sink: FrameSink,
  signal: AbortSignal,
): Promise<boolean> {
  const job = await stores.jobs.get(jobId)
  if (!job) return false
  const snapshot = await describeJob(job, stores)
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
      sink.send(event)
      if (endsJob(event)) end(event.type, event.seq)
    },
    onProgress: (frame: ProgressFrame) => sink.offer(frame),
    room: () => sink.room(),
  }
  await stores.events.follow(job, after, follower, AbortSignal.any([signal, over.signal]))
  return true
}
