import { computed } from '@preact/signals'
import type { JobFrame, JobStream } from '@thresher/client'
import { interrupted } from './connection.ts'
import { client } from './session.ts'

/** One WebSocket for all jobs that the page watches. It is open only while one is. */
const stream = computed<JobStream>(() =>
  client.value.stream({
    onInterruption: () => {
      interrupted.value = true
    },
  }),
)

/** Loops that wait for frames. Without one, there is no connection that could be broken. */
let watching = 0

/** Frames of a job after an event, until the job has ended or the signal is aborted. */
export async function* watchJob(id: string, after: number, signal: AbortSignal): AsyncGenerator<JobFrame> {
  watching++
  try {
    for await (const frame of stream.value.watch(id, { after, signal })) {
      interrupted.value = false
      yield frame
    }
  } finally {
    watching--
    if (watching === 0) interrupted.value = false
  }
}

/** Frames of a job from now on: a snapshot first, and none of the events before it. */
export async function* watchJobFromNow(id: string, signal: AbortSignal): AsyncGenerator<JobFrame> {
  // The first watch only asks for the last seq; it stays until the end because leaving it would close the connection.
  for await (const frame of watchJob(id, Number.MAX_SAFE_INTEGER, signal))
    if (frame.type === 'snapshot')
      return yield* watchJob(id, (frame as { lastSeq?: number }).lastSeq ?? 0, signal)
}
