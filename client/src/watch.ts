import type { Job, JobEvent } from './contract.ts'
import type { CallOptions, Transport } from './transport.ts'

/** A frame of the stream of a job. Events have a `seq`; the others are not stored. */
export type JobFrame =
  | { type: 'snapshot'; job: Job; lastSeq: number }
  | JobEvent
  | {
      type: 'progress'
      jobId: string
      data: { step: number; stepsPerEpoch: number; loss?: number; examplesPerSecond?: number }
    }
  | { type: 'gap'; from: number; to: number }
  | { type: 'heartbeat'; time: string }
  | { type: 'end'; status: Job['status']; lastSeq: number }

export interface WatchOptions extends CallOptions {
  /** The seq of the last event that is known. Default 0: every event. */
  after?: number
}

/** Frames until the job has ended. A broken connection is made again with the last seq. */
export async function* watchJob(
  transport: Transport,
  id: string,
  options: WatchOptions,
): AsyncGenerator<JobFrame> {
  const { signal } = options
  const job = await transport.json<Job>(`/v1/jobs/${id}`, signal ? { signal } : {})
  yield { type: 'snapshot', job, lastSeq: 0 }
}
