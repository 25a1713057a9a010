import type { Redis } from 'ioredis'
import type { AnnouncedEvent } from './announced-events.ts'
import { redisKeys } from './redis-keys.ts'

/** An event that has no deliveries yet. */
export interface OutboxEntry {
  entryId: string
  event: AnnouncedEvent
}

/**
 * The events that webhooks can receive, of all tenants that have webhooks. An event is added in the same atomic step as the change of its
 * record (`announced-events.ts`), and removed once its deliveries are stored: a crash in between repeats the event, and its deliveries
 * have the same ids.
 */
export class WebhookOutbox {
  readonly #redis: Redis
  readonly #subscriber: Redis

  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
  }

  /** The oldest entries. */
  async read(count: number): Promise<OutboxEntry[]> {
    const entries = await this.#redis.xrange(redisKeys.outbox, '-', '+', 'COUNT', count)
    return entries.map(([entryId, fields]) => ({ entryId, event: JSON.parse(fields[1]!) }))
  }

  async remove(entries: readonly OutboxEntry[]): Promise<void> {
    if (entries.length > 0) await this.#redis.xdel(redisKeys.outbox, ...entries.map(({ entryId }) => entryId))
  }

  /** Announces that a delivery is due. Due deliveries are also looked for periodically, so a lost message only costs time. */
  async wake(): Promise<void> {
    await this.#redis.publish(redisKeys.webhookChannel, '')
  }

  /** Redis may not answer yet; then the calls begin later. @returns a function that stops them */
  onWake(listener: () => void): () => void {
    const deliver = (channel: string) => {
      if (channel === redisKeys.webhookChannel) listener()
    }
    this.#subscriber.on('message', deliver)
    void this.#subscriber.subscribe(redisKeys.webhookChannel).catch(() => {})
    return () => this.#subscriber.off('message', deliver)
  }
}
