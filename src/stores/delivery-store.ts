import type { Redis } from 'ioredis'
import { AppError } from '#domain/error.ts'
import type { Delivery } from '#webhooks/delivery.ts'
import { ADD, CLAIM, COMMIT, TRIM } from './delivery-scripts.ts'
import { membersOf } from './members-of.ts'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

/** The deliveries that have ended and are kept, per webhook, and for how long. Those that are pending are always kept. */
const MOST_ENDED = 1_000
const KEPT_MS = 7 * 86_400_000

/** Deliveries in Redis. Each webhook has its own set, which is deleted with it. */
export class DeliveryStore {
  readonly #redis: Redis

  constructor(redis: Redis) {
    this.#redis = redis
  }

  /**
   * Stores a pending delivery. A delivery with this id that already exists is not changed.
   * @returns the number of pending deliveries of the webhook; 0 if the webhook does not exist
   */
  async add(webhookId: string, delivery: Delivery): Promise<number> {
    const keys = [...keysOf(webhookId), redisKeys.webhook(webhookId)]
    const args = [webhookId, delivery.id, JSON.stringify(delivery), dueMs(delivery)]
    return (await ADD.run(this.#redis, keys, args)) as number
  }

  /**
   * Takes deliveries that are due. Until the claim expires, no other call takes them; after that they are due again, so that a delivery
   * whose process dies is repeated.
   * @param now milliseconds since 1970
   * @returns their ids, at most `count`
   */
  async claim(webhookId: string, now: number, claimMs: number, count: number): Promise<string[]> {
    const keys = [redisKeys.dueDeliveries(webhookId), redisKeys.dueWebhooks]
    const args = [webhookId, now, now + claimMs, count]
    return (await CLAIM.run(this.#redis, keys, args)) as string[]
  }

  /** @throws AppError `not_found` */
  async require(webhookId: string, deliveryId: string): Promise<Delivery> {
    return JSON.parse(await this.#read(webhookId, deliveryId))
  }

  /**
   * The only way to change a delivery. Reads it and changes it again if another process was faster.
   * @throws AppError `not_found`
   */
  async revise(
    webhookId: string,
    deliveryId: string,
    change: (delivery: Delivery) => Delivery,
  ): Promise<Delivery> {
    for (;;) {
      const before = await this.#read(webhookId, deliveryId)
      const after = change(JSON.parse(before))
      const keys = keysOf(webhookId)
      const now = Date.now()
      const due = after.status === 'pending' ? dueMs(after) : ''
      const states = [before, JSON.stringify(after)]
      const args = [webhookId, deliveryId, ...states, due, now, MOST_ENDED, now - KEPT_MS]
      if ((await COMMIT.run(this.#redis, keys, args)) === 1) return after
    }
  }

  /** Newest event first. */
  async list(webhookId: string, { after, limit }: { after?: string | undefined; limit: number }) {
    await this.#deleteOld(webhookId)
    const ids = redisKeys.deliveryIds(webhookId)
    for await (const page of membersOf(this.#redis, [ids], { order: 'desc', count: limit + 1, after })) {
      const shown = page.slice(0, limit)
      const found = await this.#load(webhookId, shown)
      return { found, nextAfter: page.length > limit ? shown.at(-1)! : null }
    }
    return { found: [], nextAfter: null }
  }

  async #deleteOld(webhookId: string): Promise<void> {
    const [deliveries, , , ids, ended] = keysOf(webhookId)
    const keys = [deliveries!, ids!, ended!]
    while (((await TRIM.run(this.#redis, keys, [MOST_ENDED, Date.now() - KEPT_MS])) as number) > 0);
  }

  async #load(webhookId: string, ids: readonly string[]): Promise<Delivery[]> {
    if (ids.length === 0) return []
    const texts = await this.#redis.hmget(redisKeys.deliveries(webhookId), ...ids)
    return texts.flatMap((text, index) => (text === null ? [] : [storedRecord<Delivery>(ids[index]!, text)]))
  }

  async #read(webhookId: string, deliveryId: string): Promise<string> {
    const text = await this.#redis.hget(redisKeys.deliveries(webhookId), deliveryId)
    if (text !== null) return text
    throw new AppError('not_found', `There is no delivery ${deliveryId} of webhook ${webhookId}.`)
  }
}

/** In the order of the scripts. */
function keysOf(webhookId: string): string[] {
  return [
    redisKeys.deliveries(webhookId),
    redisKeys.dueDeliveries(webhookId),
    redisKeys.dueWebhooks,
    redisKeys.deliveryIds(webhookId),
    redisKeys.endedDeliveries(webhookId),
  ]
}

function dueMs({ nextAttemptAt, createdAt }: Delivery): number {
  return Date.parse(nextAttemptAt ?? createdAt)
}
