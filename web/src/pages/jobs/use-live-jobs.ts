import type { JobFrame, JobProgress, ListedJob } from '@thresher/client'
import { useEffect, useState } from 'preact/hooks'
import { inFrames } from '../../state/in-frames.ts'
import { isActive } from '../../state/job-status.ts'
import { watchJobFromNow } from '../../state/stream.ts'

export type LiveProgress = ReadonlyMap<string, JobProgress>

/**
 * The progress of the active jobs of a list, by job, over one connection.
 *
 * @param onEvent is called soon after events of them, when the list must be read again
 */
export function useLiveJobs(jobs: readonly ListedJob[], onEvent: () => void): LiveProgress {
  const [progress, setProgress] = useState<LiveProgress>(new Map())
  const active = jobs.filter(job => isActive(job.status)).map(job => job.id)
  const key = active.join(' ')
  useEffect(() => {
    const controller = new AbortController()
    const batches = inFrames<JobFrame & { jobId?: string }>(frames => {
      setProgress(previous => withFrames(previous, frames))
      if (frames.some(frame => frame.type !== 'progress')) onEvent()
    })
    const follow = async (id: string) => {
      for await (const frame of watchJobFromNow(id, controller.signal))
        if (frame.type !== 'snapshot') batches.add(frame)
    }
    for (const id of active)
      follow(id).catch(() => {
        // The list is read again every few seconds, also without a stream.
      })
    return () => {
      controller.abort()
      batches.stop()
    }
  }, [key])
  return progress
}

function withFrames(previous: LiveProgress, frames: readonly JobFrame[]): LiveProgress {
  const next = new Map(previous)
  for (const frame of frames) if (frame.type === 'progress') next.set(frame.jobId, frame)
  return next
}
