import type { Job, JobFrame } from '@thresher/client'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { inFrames } from './in-frames.ts'
import { EMPTY_RECORD, foldFrames, type JobRecord, mergeEpochs } from './job-record.ts'
import { isActive } from './job-status.ts'
import { client } from './session.ts'
import { watchJob } from './stream.ts'
import { useInterval } from './use-interval.ts'

/** The estimate of the end and the place in the queue change without an event. Everything else is in the frames. */
const REFRESH_MS = 5000

/** Events after which a job has nothing new but what they contain. */
const WHOLE = new Set<JobFrame['type']>(['epoch', 'checkpointed', 'artifact'])

export interface LiveJob extends JobRecord {
  error?: Error
  /** Reads the job again, for example after an action. */
  refresh(): void
}

/** A job with its history, as its stream continues. */
export function useJob(id: string): LiveJob {
  const [record, setRecord] = useState<JobRecord>(EMPTY_RECORD)
  const [error, setError] = useState<Error>()
  const thresher = client.value
  const refresh = useCallback(() => {
    const read = (job: Job) => setRecord(previous => ({ ...previous, job }))
    thresher.jobs.get(id).then(read, () => {
      // The stream reports what is wrong.
    })
  }, [id, thresher])
  useEffect(() => {
    const controller = new AbortController()
    const batches = inFrames<JobFrame>(frames => setRecord(previous => foldFrames(previous, frames)))
    setRecord(EMPTY_RECORD)
    setError(undefined)
    const follow = async () => {
      for await (const frame of watchJob(id, 0, controller.signal)) {
        batches.add(frame)
        if (frame.type === 'gap') void readTrimmed(id, controller.signal)
        if ('seq' in frame && !WHOLE.has(frame.type)) refreshSoon()
      }
      refresh()
    }
    const refreshSoon = soon(refresh)
    const readTrimmed = async (job: string, signal: AbortSignal) => {
      const { data } = await thresher.jobs.metrics(job, {}, { signal })
      setRecord(previous => ({ ...previous, epochs: mergeEpochs(data, previous.epochs) }))
    }
    follow().catch(reason => {
      if (!controller.signal.aborted) setError(reason)
    })
    return () => {
      controller.abort()
      batches.stop()
    }
  }, [id, thresher, refresh])
  useInterval(() => record.job && isActive(record.job.status) && refresh(), REFRESH_MS)
  return { ...record, ...(error && { error }), refresh }
}

/** Calls `act` once after calls that follow each other closely. */
function soon(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(act, 100)
  }
}
