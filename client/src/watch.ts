import { unexpected } from './answers.ts'
import { textOf } from './chunks.ts'
import { ConnectionError, type ThresherError } from './errors.ts'
import { isTerminal, parseFrame } from './frames.ts'
import { pause } from './pause.ts'
import { mayPass, pauseMs } from './retry.ts'
import { serverSentEvents } from './server-sent-events.ts'
import type { CallOptions, Transport } from './transport.ts'

export interface WatchOptions extends CallOptions {
  /** The seq of the last event that is known. Default 0: every event. */
  after?: number | undefined
  /** Milliseconds without a byte after which a connection counts as broken. Default 60,000: the service sends one every 25 s. */
  silenceMs?: number | undefined
  /** Is called when the connection broke and will be made again. The next frame after that is a snapshot. */
  onInterruption?: ((error: ThresherError) => void) | undefined
}

/** The fields of frames that have to do with their order. */
interface AnyFrame {
  type: string
  /** Of an event. */
  seq?: number
  /** Of a gap: the last seq that is missing. */
  to?: number
}

interface Connection extends WatchOptions {
  after: number
  /** Is called for every chunk of the stream. */
  onActivity: () => void
}

const SILENCE_MS = 60_000

/**
 * Frames until a record has ended. A broken connection is made again with the seq of the last event, for as long as it takes.
 *
 * @param name the field of a snapshot that has the record
 * @param path of the record, for example `/v1/jobs/job_…`
 * @throws the reason of the signal; AnswerError if the service refuses, for example because the record was deleted or the key revoked
 */
export async function* watch<F extends { type: string }>(
  transport: Transport,
  name: 'job' | 'analysis',
  path: string,
  options: WatchOptions,
): AsyncGenerator<F> {
  const { signal, onInterruption } = options
  let after = options.after ?? 0
  let failures = 0
  const onActivity = () => {
    failures = 0
  }
  for (;;) {
    try {
      for await (const frame of framesOf(transport, name, path, { ...options, after, onActivity })) {
        const seq = frame.seq ?? frame.to
        if (seq !== undefined && seq <= after) continue
        after = seq ?? after
        yield frame as unknown as F
        if (frame.type === 'end') return
      }
      throw new ConnectionError(`The service at ${transport.url} closed the stream.`)
    } catch (error) {
      signal?.throwIfAborted()
      if (!mayPass(error)) throw error
      onInterruption?.(error)
      await pause(pauseMs(error, failures), signal)
      failures++
    }
  }
}

/** The frames of one connection: a snapshot, the events after a seq, progress, and `end` if the record has ended. */
async function* framesOf(
  transport: Transport,
  name: string,
  path: string,
  { after, onActivity, signal, timeoutMs, silenceMs = SILENCE_MS }: Connection,
): AsyncGenerator<AnyFrame> {
  const headers = { accept: 'text/event-stream' }
  const closed = new AbortController()
  const request = {
    signal: signal ? AbortSignal.any([closed.signal, signal]) : closed.signal,
    ...{ timeoutMs, retries: 0 },
  }
  try {
    const answer = await transport.send(`${path}/events`, { ...request, headers, query: { after } })
    const record = await transport.json<{ status: string }>(path, request)
    requireStream(answer, record, transport.url + path)
    yield { type: 'snapshot', [name]: record } as AnyFrame
    // 204: the record has ended, and there are no more events.
    if (answer.status === 204 || !answer.body) return yield endOf(record.status, after)
    for await (const { data } of serverSentEvents(textOf(answer.body, silenceMs), onActivity)) {
      const frame: AnyFrame = parseFrame(data)
      yield frame
      if (isTerminal(frame.type)) return yield endOf(frame.type, frame.seq!)
    }
  } finally {
    closed.abort()
  }
}

function requireStream({ status, headers }: Response, record: { status: unknown }, url: string): void {
  if (status !== 204 && !headers.get('content-type')?.startsWith('text/event-stream'))
    throw unexpected(`The answer of ${url}/events is not a stream of events.`)
  if (typeof record.status !== 'string') throw unexpected(`The answer of ${url} has no status.`)
}

function endOf(status: string, lastSeq: number) {
  return { type: 'end', status, lastSeq }
}
