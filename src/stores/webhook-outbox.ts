import type { Redis } from 'ioredis'
import type { WebhookEvent } from '#webhooks/webhook-event.ts'
import { redisKeys } from './redis-keys.ts'

/** An event of a tenant that has no deliveries yet. */
export interface OutboxEntry {
  entryId: string
  tenant: string
  event: WebhookEvent
}

/**
 * The events that webhooks may want, of all tenants. An event is added in the same atomic step as the change of its record, and removed
 * once its deliveries are stored: a crash in between repeats the event, and its deliveries have the same ids.
 */
export class WebhookOutbox {
  readonly #redis: Redis
  readonly #subscriber: Redis

  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
  }

  async add(tenant: string, { type, id, seq, time }: WebhookEvent): Promise<void> {
    if ((await this.#redis.sismember(redisKeys.webhookTenants, tenant)) === 0) return
    const fields = ['tenant', tenant, 'type', type, 'id', id, 'seq', seq, 'time', time]
    await this.#redis
      .multi()
      .xadd(redisKeys.outbox, '*', ...fields)
      .publish(redisKeys.webhookChannel, '')
      .exec()
  }

  /** The oldest entries. */
  async read(count: number): Promise<OutboxEntry[]> {
    const entries = await this.#redis.xrange(redisKeys.outbox, '-', '+', 'COUNT', count)
    return entries.map(([entryId, fields]) => {
      const [, tenant, , type, , id, , seq, , time] = fields
      return { entryId, tenant, event: { type, id, seq: Number(seq), time } } as OutboxEntry
    })
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
