import type { Redis } from 'ioredis'
import type { JobEvent, ProgressFrame } from '#domain/event.ts'
import { type Job, queuedEvent } from '#domain/job.ts'
import { redisKeys } from './redis-keys.ts'

const PROGRESS_SECONDS = 60

export interface Follower {
  /** The next event waits until this one is taken, so a slow watcher costs no memory. */
  onEvent(event: JobEvent): Promise<void>
  onProgress(frame: ProgressFrame): void
}

type Message = JobEvent | ProgressFrame

/**
 * A job's history and what is happening to it now. The stream is the truth; one pub/sub connection a process carries news
 * of it, and whatever that connection misses is read from the stream.
 */
export class JobEvents {
  readonly #redis: Redis
  readonly #subscriber: Redis
  readonly #followings = new Map<string, Set<Following>>()

  /** @param subscriber a connection of its own, since a subscribed one can do nothing else */
  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
    subscriber.on('message', (channel, text) => this.#deliver(channel, text))
    subscriber.on('ready', () => this.#catchUpAll())
  }

  /** Events with seq > after, oldest first; event 1 follows from the job and is stored nowhere. */
  async read(job: Job, after: number, limit: number): Promise<JobEvent[]> {
    const first = after < 1 ? [queuedEvent(job)] : []
    const count = limit - first.length
    if (count <= 0) return first.slice(0, limit)
    const entries = await this.#redis.xrange(
      redisKeys.events(job.id),
      `(${Math.max(after, 1)}-0`,
      '+',
      'COUNT',
      count,
    )
    return [...first, ...entries.map(([, fields]) => JSON.parse(fields[1]!) as JobEvent)]
  }

  async readAll(job: Job): Promise<JobEvent[]> {
    return await this.read(job, 0, Number.MAX_SAFE_INTEGER)
  }

  /** Tells who is watching; kept for a minute so that a job can say how far it is. */
  async publishProgress(frame: ProgressFrame): Promise<void> {
    const text = JSON.stringify(frame)
    await this.#redis
      .pipeline()
      .set(redisKeys.progress(frame.jobId), text, 'EX', PROGRESS_SECONDS)
      .publish(redisKeys.jobChannel(frame.jobId), text)
      .exec()
  }

  async lastProgress(jobId: string): Promise<ProgressFrame | undefined> {
    const text = await this.#redis.get(redisKeys.progress(jobId))
    return text === null ? undefined : JSON.parse(text)
  }

  /**
   * Every event with seq > after, in order and once, and progress as it comes.
   * @returns a function that ends the following
   */
  async follow(job: Job, after: number, follower: Follower): Promise<() => Promise<void>> {
    const channel = redisKeys.jobChannel(job.id)
    const following = new Following(follower, after, async seq => this.read(job, seq, 1000))
    const others = this.#followings.get(channel)
    if (others) others.add(following)
    else this.#followings.set(channel, new Set([following]))
    await this.#subscriber.subscribe(channel)
    await following.catchUp()
    return async () => {
      const followings = this.#followings.get(channel)
      if (!followings?.delete(following) || followings.size > 0) return
      this.#followings.delete(channel)
      await this.#subscriber.unsubscribe(channel)
    }
  }

  #deliver(channel: string, text: string): void {
    const followings = this.#followings.get(channel)
    if (!followings) return
    const message: Message = JSON.parse(text)
    for (const following of followings) following.take(message)
  }

  #catchUpAll(): void {
    for (const followings of this.#followings.values()) {
      for (const following of followings) void following.catchUp()
    }
  }
}

/** One watcher's place in a job's history: hands on what comes next and reads what is missing, at the watcher's pace. */
class Following {
  readonly #follower: Follower
  readonly #readAfter: (seq: number) => Promise<JobEvent[]>
  #lastSeq: number
  #busy: Promise<void> | undefined
  #thereIsMore = false

  constructor(follower: Follower, lastSeq: number, readAfter: (seq: number) => Promise<JobEvent[]>) {
    this.#follower = follower
    this.#lastSeq = lastSeq
    this.#readAfter = readAfter
  }

  take(message: Message): void {
    if (message.type === 'progress') this.#follower.onProgress(message)
    else if (message.seq === this.#lastSeq + 1 && !this.#busy) this.#begin([message])
    else if (message.seq > this.#lastSeq) void this.catchUp()
  }

  /** Reads on until the stream has nothing more; a Redis that is away is asked again when it is back. */
  catchUp(): Promise<void> {
    this.#thereIsMore = true
    return this.#busy ?? this.#begin([])
  }

  #begin(events: readonly JobEvent[]): Promise<void> {
    this.#busy = this.#handOn(events).finally(() => {
      this.#busy = undefined
    })
    return this.#busy
  }

  async #handOn(events: readonly JobEvent[]): Promise<void> {
    for (let batch = events; batch.length > 0 || this.#thereIsMore; ) {
      for (const event of batch) {
        this.#lastSeq = event.seq
        await this.#follower.onEvent(event)
      }
      this.#thereIsMore = false
      batch = await this.#readAfter(this.#lastSeq).catch(() => [])
    }
  }
}
