import { endsJob, type HistoryGap, type JobEvent, type TerminalStatus } from '#domain/event.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import type { AnyProgress, JobEvents } from '#stores/job-events.ts'
import type { JobStore } from '#stores/job-store.ts'
import type { FrameSink } from './frame-sink.ts'
import type { AnalysisSnapshotFrame, JobSnapshotFrame, RecordFrame } from './frames.ts'

type Described<Snapshot> = Omit<Snapshot, 'type' | 'lastSeq'>

/** How the records of one kind, jobs or analyses, appear in streams. */
export interface StreamedKind {
  store: Pick<JobStore, 'get'>
  events: JobEvents
  /** The fields of the snapshot frame that describe the record. */
  describe(record: Job): Promise<Described<JobSnapshotFrame> | Described<AnalysisSnapshotFrame>>
  event(event: JobEvent): RecordFrame
  progress(frame: AnyProgress): RecordFrame
}

/**
 * Sends a snapshot of a record, its events after a seq, new events and progress as they arrive, and one `end` frame when it has ended.
 * @returns whether the record exists, once it has ended or the signal is aborted
 */
export async function watchRecord(
  kind: StreamedKind,
  { id, after }: { id: string; after: number },
  sink: FrameSink<RecordFrame>,
  signal: AbortSignal,
): Promise<boolean> {
  const record = await sendSnapshot(kind, id, sink, signal)
  if (!record) return false
  if (signal.aborted) return true
  const over = new AbortController()
  const end = (status: TerminalStatus, lastSeq: number) => {
    sink.send({ type: 'end', status, lastSeq })
    over.abort()
  }
  if (isTerminal(record.status) && after >= record.lastSeq) end(record.status, record.lastSeq)
  const follower = {
    onEvent(event: JobEvent) {
      sink.send(kind.event(event))
      if (endsJob(event)) end(event.type, event.seq)
    },
    onGap: (gap: HistoryGap) => sink.send(gap),
    onProgress: (frame: AnyProgress) => sink.offer(kind.progress(frame)),
    room: () => sink.room(),
  }
  await kind.events.follow(record, after, follower, AbortSignal.any([signal, over.signal]))
  return true
}

/**
 * Sends the snapshot, unless the signal is aborted.
 * @returns what the rest of the stream needs: thousands of streams must not each hold a whole record. Undefined: there is none
 */
async function sendSnapshot(
  kind: StreamedKind,
  id: string,
  sink: FrameSink<RecordFrame>,
  signal: AbortSignal,
): Promise<Pick<Job, 'id' | 'createdAt' | 'status' | 'lastSeq'> | undefined> {
  const record = await kind.store.get(id)
  if (!record) return undefined
  const snapshot = await kind.describe(record)
  const { createdAt, status, lastSeq } = record
  if (!signal.aborted) sink.send({ type: 'snapshot', ...snapshot, lastSeq })
  return { id, createdAt, status, lastSeq }
}
