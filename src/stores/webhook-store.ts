import type { Redis } from 'ioredis'
import { DEFAULT_TENANT, tenantOf } from '#access/owner.ts'
import { AppError } from '#domain/error.ts'
import { MOST_WEBHOOKS, type Webhook } from '#webhooks/webhook.ts'
import { CLAIM_SECONDS, type IdempotencyClaim, replayOf } from './idempotency-store.ts'
import { membersOf, PAGE } from './members-of.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { storedRecord } from './stored-record.ts'

/**
 * KEYS: webhook, all, tenants, record of the claim. ARGV: id, webhook, tenant, most webhooks, record or '', its seconds.
 * Returns the earlier record, or the number of webhooks if there are too many.
 */
const CREATE = new Script(`
if ARGV[5] ~= '' then
  local found = redis.call('GET', KEYS[4])
  if found then return found end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local count = redis.call('ZCARD', KEYS[2])
if count >= tonumber(ARGV[4]) then return count end
if ARGV[5] ~= '' then redis.call('SET', KEYS[4], ARGV[5], 'EX', ARGV[6]) end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('SADD', KEYS[3], ARGV[3])
return false`)

/** KEYS: webhook. ARGV: before, after. Returns whether it is now `after`. */
const REPLACE = new Script(`
local found = redis.call('GET', KEYS[1])
if found == ARGV[2] then return 1 end
if found ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

/** KEYS: all, tenants, due webhooks, then the keys of the webhook. ARGV: id, tenant. */
const DELETE = new Script(`
redis.call('ZREM', KEYS[1], ARGV[1])
if redis.call('ZCARD', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
redis.call('ZREM', KEYS[3], ARGV[1])
for i = 4, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 1`)

/** Webhooks in Redis. */
export class WebhookStore {
  readonly #redis: Redis
  readonly #tenant: string | undefined

  /** @param tenant absent: `require`, `revise` and `due` reach the webhooks of every tenant. Otherwise, those of others do not exist for its callers */
  constructor(redis: Redis, tenant?: string) {
    this.#redis = redis
    this.#tenant = tenant
  }

  /**
   * Stores a webhook, unless the claim has created one before.
   * @returns the webhook of the claim in the state of the first answer, and whether it is another than `webhook`
   * @throws AppError `limit_exceeded`, `idempotency_key_reused`
   */
  async create(webhook: Webhook, claim?: IdempotencyClaim): Promise<{ webhook: Webhook; replayed: boolean }> {
    const record = claim ? JSON.stringify({ bodyDigest: claim.bodyDigest, webhook }) : ''
    const tenant = tenantOf(webhook)
    const keys = [
      redisKeys.webhook(webhook.id),
      tenantKeys(tenant).allWebhooks,
      redisKeys.webhookTenants,
      redisKeys.idempotency(claim?.scope ?? ''),
    ]
    const args = [webhook.id, JSON.stringify(webhook), tenant, MOST_WEBHOOKS, record, CLAIM_SECONDS]
    const found = (await CREATE.run(this.#redis, keys, args)) as string | number | null
    if (typeof found === 'number') {
      const message = `There are ${found} webhooks already, which is the limit; delete one first.`
      throw new AppError('limit_exceeded', message)
    }
    if (!found || !claim) return { webhook, replayed: false }
    const earlier = replayOf<{ webhook: Webhook }>(found, claim.bodyDigest).webhook
    return { webhook: earlier, replayed: earlier.id !== webhook.id }
  }

  /** @throws AppError `not_found` */
  async require(webhookId: string): Promise<Webhook> {
    return (await this.#read(webhookId)).webhook
  }

  /**
   * The only way to change a webhook. Reads it and changes it again if another process was faster.
   * @throws AppError `not_found`
   */
  async revise(webhookId: string, change: (webhook: Webhook) => Webhook): Promise<Webhook> {
    for (;;) {
      const { webhook, text: before } = await this.#read(webhookId)
      const changed = change(webhook)
      const after = JSON.stringify(changed)
      if (before === after) return changed
      const key = redisKeys.webhook(webhookId)
      if ((await REPLACE.run(this.#redis, [key], [before, after])) === 1) return changed
    }
  }

  async #read(webhookId: string): Promise<{ webhook: Webhook; text: string }> {
    const text = await this.#redis.get(redisKeys.webhook(webhookId))
    const webhook: Webhook | undefined = text === null ? undefined : JSON.parse(text)
    if (text === null || !webhook || (this.#tenant !== undefined && tenantOf(webhook) !== this.#tenant))
      throw new AppError('not_found', `There is no webhook ${webhookId}.`)
    return { webhook, text }
  }

  /** Newest first. There are at most `MOST_WEBHOOKS`. */
  async list({ after, limit }: { after?: string | undefined; limit: number }) {
    const all = this.#all
    for await (const ids of membersOf(this.#redis, [all], { order: 'desc', count: limit + 1, after })) {
      const page = ids.slice(0, limit)
      return { found: await this.#load(page), nextAfter: ids.length > limit ? page.at(-1)! : null }
    }
    return { found: [], nextAfter: null }
  }

  async all(): Promise<Webhook[]> {
    return (await this.list({ limit: PAGE })).found
  }

  /**
   * The webhooks with deliveries that are due, the longest waiting first.
   * @param now milliseconds since 1970
   */
  async due(now: number): Promise<Webhook[]> {
    return await this.#load(await this.#redis.zrangebyscore(redisKeys.dueWebhooks, '-inf', now))
  }

  async #load(ids: readonly string[]): Promise<Webhook[]> {
    if (ids.length === 0) return []
    const texts = await this.#redis.mget(ids.map(redisKeys.webhook))
    return texts.flatMap((text, index) => (text === null ? [] : [storedRecord<Webhook>(ids[index]!, text)]))
  }

  /** Deletes a webhook with its deliveries. @throws AppError `not_found` */
  async delete(webhookId: string): Promise<void> {
    const tenant = tenantOf(await this.require(webhookId))
    const keys = [
      tenantKeys(tenant).allWebhooks,
      redisKeys.webhookTenants,
      redisKeys.dueWebhooks,
      redisKeys.webhook(webhookId),
      redisKeys.deliveries(webhookId),
      redisKeys.deliveryIds(webhookId),
      redisKeys.dueDeliveries(webhookId),
      redisKeys.endedDeliveries(webhookId),
    ]
    await DELETE.run(this.#redis, keys, [webhookId, tenant])
  }

  get #all(): string {
    return tenantKeys(this.#tenant ?? DEFAULT_TENANT).allWebhooks
  }
}
