import { once } from 'node:events'
import type { Redis } from 'ioredis'
import type { z } from 'zod'
import type { AnalysisProgress } from '#domain/analysis.ts'
import type { HistoryGap, JobEvent, ProgressFrame } from '#domain/event.ts'
import { type Job, queuedEvent } from '#domain/job.ts'
import { decodeArchive } from './history-archive.ts'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

const PROGRESS_SECONDS = 60
const PAGE = 100

/** The last progress of a job, or of an analysis. */
export type AnyProgress = ProgressFrame | AnalysisProgress

/** Receives the events and the progress of a job. */
export interface Follower {
  onEvent(event: JobEvent): void
  /** Called instead of `onEvent` for events that were trimmed. */
  onGap(gap: HistoryGap): void
  onProgress(frame: AnyProgress): void
  /** Resolves when the follower can take more events of the history, which stay in Redis until then. */
  room(): Promise<void>
}

type Message = JobEvent | AnyProgress
/** What the history of a job needs of its record. */
export type HistoryOf = Pick<Job, 'id' | 'createdAt'>
/** An entry of a history. */
export type HistoryItem = JobEvent | HistoryGap

/**
 * A job's history and its live events. The stream in Redis is authoritative. One pub/sub connection per process receives new events, and
 * events that it misses are read from the stream.
 */
export class JobEvents {
  readonly #redis: Redis
  readonly #subscriber: Redis
  readonly #followings = new Map<string, Set<Following>>()

  /** @param subscriber a separate connection, since a subscribed one accepts no other commands */
  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
    subscriber.on('message', (channel, text) => this.#deliver(channel, text))
    subscriber.on('ready', () => void this.#resume().catch(() => {}))
    redis.on('ready', () => this.#catchUpAll())
  }

  /**
   * Events with seq > after, oldest first, with a gap instead of those that were trimmed. Event 1 is derived from the job and not
   * stored.
   */
  async read(job: HistoryOf, after: number, limit: number): Promise<HistoryItem[]> {
    const first = after < 1 ? [queuedEvent(job)] : []
    const count = limit - first.length
    if (count <= 0) return first.slice(0, limit)
    const start = `(${Math.max(after, 1)}-0`
    const entries = await this.#redis.xrange(redisKeys.events(job.id), start, '+', 'COUNT', count)
    return withGap([...first, ...entries.map(eventOf)], after).slice(0, limit)
  }

  /** The events of every epoch and of every start of an attempt, also if they were trimmed, and the other events that were not. */
  async readEpochs(job: Job): Promise<JobEvent[]> {
    const answers = await this.#redis
      .multi()
      .lrange(redisKeys.archive(job.id), 0, -1)
      .xrange(redisKeys.events(job.id), '-', '+')
      .exec()
    const [archived, stored] = (answers ?? []).map(([error, answer]) => {
      if (error) throw error
      return answer
    }) as [string[], StreamEntry[]]
    return [...archived.flatMap(text => decodeArchive(text, job.id)), ...stored.map(eventOf)]
  }

  /** Publishes progress, and keeps it for a minute so that the job's resource can show it. */
  async publishProgress(frame: AnyProgress): Promise<void> {
    const id = 'jobId' in frame ? frame.jobId : frame.analysisId
    const text = JSON.stringify(frame)
    await this.#redis
      .pipeline()
      .set(redisKeys.progress(id), text, 'EX', PROGRESS_SECONDS)
      .publish(redisKeys.jobChannel(id), text)
      .exec()
  }

  /** @param Frame the form of the frames of its kind: `ProgressFrame` or `AnalysisProgress` */
  async lastProgress<Frame extends AnyProgress>(
    jobId: string,
    Frame: z.ZodType<Frame>,
  ): Promise<Frame | undefined> {
    const text = await this.#redis.get(redisKeys.progress(jobId))
    return text === null ? undefined : Frame.safeParse(storedRecord(jobId, text)).data
  }

  /**
   * Delivers every event with seq > after, in order and once, and progress frames as they arrive, until the signal is aborted.
   * @param job is held until then
   */
  async follow(job: HistoryOf, after: number, follower: Follower, signal: AbortSignal): Promise<void> {
    const following = new Following(follower, after, seq => this.read(job, seq, PAGE), signal)
    const channel = redisKeys.jobChannel(job.id)
    const followings = this.#followings.get(channel) ?? new Set()
    this.#followings.set(channel, followings.add(following))
    await this.#subscriber.subscribe(channel)
    await following.catchUp()
    if (!signal.aborted) await once(signal, 'abort')
    followings.delete(following)
    if (followings.size > 0) return
    this.#followings.delete(channel)
    // A connection that was closed meanwhile has no subscriptions.
    await this.#subscriber.unsubscribe(channel).catch(() => {})
  }

  #deliver(channel: string, text: string): void {
    const followings = this.#followings.get(channel)
    if (!followings) return
    const message: Message = JSON.parse(text)
    for (const following of followings) following.take(message)
  }

  /** Subscribes before it reads the events that were missed while the connection was closed, so that none is lost in between. */
  async #resume(): Promise<void> {
    const channels = [...this.#followings.keys()]
    if (channels.length > 0) await this.#subscriber.subscribe(...channels)
    this.#catchUpAll()
  }

  #catchUpAll(): void {
    for (const followings of this.#followings.values()) {
      for (const following of followings) void following.catchUp()
    }
  }
}

/** One follower's position in a job's history: delivers the next event at once, and reads missing ones from the stream. */
class Following {
  readonly #follower: Follower
  readonly #readAfter: (seq: number) => Promise<HistoryItem[]>
  readonly #signal: AbortSignal
  #lastSeq: number
  #reading: Promise<void> | undefined
  #hasMore = false

  constructor(
    follower: Follower,
    lastSeq: number,
    readAfter: (seq: number) => Promise<HistoryItem[]>,
    signal: AbortSignal,
  ) {
    this.#follower = follower
    this.#lastSeq = lastSeq
    this.#readAfter = readAfter
    this.#signal = signal
  }

  take(message: Message): void {
    if (this.#signal.aborted) return
    if (message.type === 'progress') this.#follower.onProgress(message)
    else if (message.seq === this.#lastSeq + 1 && !this.#reading) this.#deliver(message)
    else if (message.seq > this.#lastSeq) void this.catchUp()
  }

  /** Resolves when the whole history is delivered. If Redis does not answer, this is repeated when it is connected again. */
  catchUp(): Promise<void> {
    this.#hasMore = true
    this.#reading ??= this.#readRest()
    return this.#reading
  }

  async #readRest(): Promise<void> {
    while (this.#hasMore && !this.#signal.aborted) {
      this.#hasMore = false
      for (const item of await this.#readAfter(this.#lastSeq).catch(() => [])) {
        this.#hasMore = true
        if (item.type === 'gap') this.#skip(item)
        else this.#deliver(item)
        await this.#follower.room()
        if (this.#signal.aborted) break
      }
    }
    this.#reading = undefined
  }

  #deliver(event: JobEvent): void {
    this.#lastSeq = event.seq
    this.#follower.onEvent(event)
  }

  #skip(gap: HistoryGap): void {
    this.#lastSeq = gap.to
    this.#follower.onGap(gap)
  }
}

type StreamEntry = [id: string, fields: string[]]

function eventOf([, fields]: StreamEntry): JobEvent {
  return JSON.parse(fields[1]!)
}

/** Only the oldest events are trimmed, so there is one gap at most. @param after the seq before the first event */
function withGap(events: readonly JobEvent[], after: number): HistoryItem[] {
  const index = events.findIndex(({ seq }, place) => seq > (events[place - 1]?.seq ?? after) + 1)
  if (index < 0) return [...events]
  const gap: HistoryGap = {
    type: 'gap',
    from: (events[index - 1]?.seq ?? after) + 1,
    to: events[index]!.seq - 1,
  }
  return [...events.slice(0, index), gap, ...events.slice(index)]
}
