import type { Redis } from 'ioredis'
import { AppError } from '#domain/error.ts'
import { MOST_WEBHOOKS, type Webhook } from '#webhooks/webhook.ts'
import { dueMember } from './delivery-store.ts'
import { CLAIM_SECONDS, type IdempotencyClaim, replayOf } from './idempotency-store.ts'
import { membersOf, PAGE } from './members-of.ts'
import { redisKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

// As for jobs, each script may run twice: a client whose connection breaks before the answer sends its script again.

/**
 * KEYS: webhook, all, tenants, record of the claim. ARGV: id, webhook, tenant, most webhooks, record or '', its seconds.
 * Returns the earlier record, or the number of webhooks if there are too many.
 */
const CREATE = `
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
return false`

/** KEYS: webhook. ARGV: before, after. Returns whether it is now `after`. */
const REPLACE = `
local found = redis.call('GET', KEYS[1])
if found == ARGV[2] then return 1 end
if found ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`

/** KEYS: all, tenants, due webhooks, then what belongs to the webhook. ARGV: id, tenant, member of the due webhooks. */
const DELETE = `
redis.call('ZREM', KEYS[1], ARGV[1])
if redis.call('ZCARD', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
redis.call('ZREM', KEYS[3], ARGV[3])
for i = 4, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 1`

/** The webhooks of a tenant. */
export class WebhookStore {
  readonly #redis: Redis
  readonly #tenant: string

  constructor(redis: Redis, tenant: string) {
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
    const keys = [
      this.#key(webhook.id),
      redisKeys.allWebhooks(this.#tenant),
      redisKeys.webhookTenants,
      redisKeys.idempotency(claim?.scope ?? ''),
    ]
    const args = [webhook.id, JSON.stringify(webhook), this.#tenant, MOST_WEBHOOKS, record, CLAIM_SECONDS]
    const found = (await this.#redis.eval(CREATE, keys.length, ...keys, ...args)) as string | number | null
    if (typeof found === 'number') {
      const message = `There are ${found} webhooks already, which is the limit; delete one first.`
      throw new AppError('limit_exceeded', message)
    }
    if (!found || !claim) return { webhook, replayed: false }
    const earlier = replayOf<{ webhook: Webhook }>(found, claim.bodyDigest).webhook
    return { webhook: earlier, replayed: earlier.id !== webhook.id }
  }

  async get(webhookId: string): Promise<Webhook | undefined> {
    const text = await this.#redis.get(this.#key(webhookId))
    return text === null ? undefined : JSON.parse(text)
  }

  /** @throws AppError `not_found` */
  async require(webhookId: string): Promise<Webhook> {
    return (await this.get(webhookId)) ?? absent(webhookId)
  }

  /**
   * The only way to change a webhook. Reads it and changes it again if another process was faster.
   * @throws AppError `not_found`
   */
  async revise(webhookId: string, change: (webhook: Webhook) => Webhook): Promise<Webhook> {
    for (;;) {
      const before = (await this.#redis.get(this.#key(webhookId))) ?? absent(webhookId)
      const webhook = change(JSON.parse(before))
      const after = JSON.stringify(webhook)
      if (before === after) return webhook
      if ((await this.#redis.eval(REPLACE, 1, this.#key(webhookId), before, after)) === 1) return webhook
    }
  }

  /** Newest first. There are at most `MOST_WEBHOOKS`. */
  async list({ after, limit }: { after?: string | undefined; limit: number }) {
    const all = redisKeys.allWebhooks(this.#tenant)
    for await (const ids of membersOf(this.#redis, [all], { order: 'desc', count: limit + 1, after })) {
      const page = ids.slice(0, limit)
      return { found: await this.#load(page), nextAfter: ids.length > limit ? page.at(-1)! : null }
    }
    return { found: [], nextAfter: null }
  }

  async all(): Promise<Webhook[]> {
    return (await this.list({ limit: PAGE })).found
  }

  async #load(ids: readonly string[]): Promise<Webhook[]> {
    if (ids.length === 0) return []
    const texts = await this.#redis.mget(ids.map(id => this.#key(id)))
    return texts.flatMap((text, index) => (text === null ? [] : [storedRecord<Webhook>(ids[index]!, text)]))
  }

  /** Deletes a webhook with its deliveries. @throws AppError `not_found` */
  async delete(webhookId: string): Promise<void> {
    if ((await this.#redis.exists(this.#key(webhookId))) === 0) absent(webhookId)
    const keys = [
      redisKeys.allWebhooks(this.#tenant),
      redisKeys.webhookTenants,
      redisKeys.dueWebhooks,
      this.#key(webhookId),
      redisKeys.deliveries(this.#tenant, webhookId),
      redisKeys.deliveryIds(this.#tenant, webhookId),
      redisKeys.dueDeliveries(this.#tenant, webhookId),
      redisKeys.endedDeliveries(this.#tenant, webhookId),
    ]
    const args = [webhookId, this.#tenant, dueMember(this.#tenant, webhookId)]
    await this.#redis.eval(DELETE, keys.length, ...keys, ...args)
  }

  #key(webhookId: string): string {
    return redisKeys.webhook(this.#tenant, webhookId)
  }
}

function absent(webhookId: string): never {
  throw new AppError('not_found', `There is no webhook ${webhookId}.`)
}
