import type { Redis } from 'ioredis'
import { isOperatorKey, isValidKey, type Key, keyIdOf, keyText } from '#access/key.ts'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { ADMIN } from '#access/principal.ts'
import { digestOf, equalDigests, newSecret } from './key-secret.ts'
import { membersOf } from './members-of.ts'
import { newId } from './new-id.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { storedRecord } from './stored-record.ts'

/** The last use of a key is at most this much older than the time that the store has, for each api process. */
const USE_MS = 60_000

/** Which key a caller has presented. A replaced key has the same id and another digest. */
export interface Grant {
  keyId: string
  digest: string
}

type StoredKey = Key & { digest: string }

interface KeyQuery {
  /** Absent: the keys of all tenants. */
  tenant?: string | undefined
  after?: string | undefined
  limit: number
}

/**
 * Stores a record if the stored one is still the one that was read, and adds it to the indexes. May run twice, as every script.
 * KEYS: keys, all ids, ids of the tenant, tenants. ARGV: id, record before or '', record after, the tenant or '' for the default tenant.
 */
const PUT = `
local found = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if found ~= ARGV[2] and found ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
if ARGV[4] ~= '' then redis.call('SADD', KEYS[4], ARGV[4]) end
return 1`

/** The keys of the service in Redis, without their secrets. Every request reads its key here, so a revocation holds at once. */
export class KeyStore {
  readonly #redis: Redis
  readonly #subscriber: Redis
  /** When this process last stored a use of a key, in milliseconds since 1970. */
  readonly #used = new Map<string, number>()

  /** @param subscriber a separate connection, since a subscribed one accepts no other commands */
  constructor(redis: Redis, subscriber: Redis) {
    this.#redis = redis
    this.#subscriber = subscriber
  }

  /** Whether the service has a key, valid or not: from the first one on, every request needs one. */
  async exist(): Promise<boolean> {
    return (await this.#redis.exists(redisKeys.keys)) === 1
  }

  /** @returns the key, and its text, which is not stored */
  async create(facts: Omit<Key, 'id' | 'createdAt'>): Promise<{ key: Key; text: string }> {
    const id = newId('key')
    const text = keyText(id, newSecret())
    const key: Key = { id, ...facts, createdAt: new Date().toISOString() }
    await this.#put('', { ...key, digest: digestOf(text) })
    await this.#announce(id)
    return { key, text }
  }

  /**
   * Makes `ADMIN_KEY` the key with the id `admin` for every process, in place of an earlier one.
   * @returns the key; one that was revoked stays so until the text is another
   */
  async setAdminKey(text: string): Promise<Key> {
    const digest = digestOf(text)
    for (;;) {
      const { text: before, record } = await this.#read(ADMIN.keyId)
      if (record?.digest === digest) return record
      const { tenant, keyId } = ADMIN
      const key = { id: keyId, name: 'ADMIN_KEY', tenant, scopes: [...ADMIN.scopes], createdBy: keyId }
      const after = { ...key, createdAt: new Date().toISOString(), digest }
      if (!(await this.#put(before, after))) continue
      await this.#announce(keyId)
      return after
    }
  }

  async get(keyId: string): Promise<Key | undefined> {
    return (await this.#read(keyId)).record
  }

  /** Newest first, starting after the id `after`. `ADMIN_KEY` is the last. */
  async list({ tenant, after, limit }: KeyQuery): Promise<{ found: Key[]; nextAfter: string | null }> {
    const index = tenant === undefined ? redisKeys.keyIds : tenantKeys(tenant).keyIds
    const pages = membersOf(this.#redis, [index], { order: 'desc', count: limit + 1, after })
    const ids = (await pages.next()).value ?? []
    const records = await this.#readAll(ids.slice(0, limit))
    const found = records.filter(record => record !== undefined)
    return { found, nextAfter: ids.length > limit ? ids[limit - 1]! : null }
  }

  /** Whether the key is the only one that can manage every tenant now. */
  async isLastOperator(key: Key): Promise<boolean> {
    const now = Date.now()
    if (!isOperatorKey(key, now)) return false
    let after: string | undefined
    do {
      const page = await this.list({ tenant: DEFAULT_TENANT, after, limit: 200 })
      if (page.found.some(other => other.id !== key.id && isOperatorKey(other, now))) return false
      after = page.nextAfter ?? undefined
    } while (after !== undefined)
    return true
  }

  /** When keys were last used, to about a minute; absent: never. */
  async lastUses(keyIds: readonly string[]): Promise<(string | undefined)[]> {
    if (keyIds.length === 0) return []
    const times = await this.#redis.hmget(redisKeys.keysUsed, ...keyIds)
    return times.map(time => time ?? undefined)
  }

  /** Revokes a key for all requests that arrive from now on, and ends its open streams. @returns whether the key exists */
  async revoke(keyId: string): Promise<boolean> {
    for (;;) {
      const { text, record } = await this.#read(keyId)
      if (!record) return false
      if (record.revokedAt !== undefined) return true
      if (!(await this.#put(text, { ...record, revokedAt: new Date().toISOString() }))) continue
      await this.#announce(keyId)
      return true
    }
  }

  /** The valid key that a text is, and notes its use. `ADMIN_KEY` may have any form, so it is compared with every text. */
  async identify(text: string): Promise<{ key: Key; grant: Grant } | undefined> {
    const digest = digestOf(text)
    const candidates = await this.#readAll([keyIdOf(text) ?? '', ADMIN.keyId])
    const key = candidates.filter(record => equalDigests(digest, record?.digest))[0]
    if (!key || !isValidKey(key, Date.now())) return undefined
    this.#noteUse(key.id)
    return { key, grant: { keyId: key.id, digest } }
  }

  /** The keys of grants; absent where the key has been revoked, has expired or has been replaced. */
  async stillValid(grants: readonly Grant[]): Promise<(Key | undefined)[]> {
    const records = await this.#readAll(grants.map(({ keyId }) => keyId))
    const now = Date.now()
    return records.map((record, index) =>
      record && record.digest === grants[index]!.digest && isValidKey(record, now) ? record : undefined,
    )
  }

  /** Calls the listener after a key was created, revoked or replaced. Messages may be lost. @returns a function that stops the calls */
  onChange(listener: () => void): () => void {
    const deliver = (channel: string) => {
      if (channel === redisKeys.keyChannel) listener()
    }
    this.#subscriber.on('message', deliver)
    void this.#subscriber.subscribe(redisKeys.keyChannel).catch(() => {})
    return () => this.#subscriber.off('message', deliver)
  }

  /** Not awaited: a request does not wait for it. A lost time is replaced after the next use. */
  #noteUse(keyId: string): void {
    const now = Date.now()
    if (now - (this.#used.get(keyId) ?? 0) < USE_MS) return
    this.#used.set(keyId, now)
    this.#redis.hset(redisKeys.keysUsed, keyId, new Date(now).toISOString()).catch(() => {})
  }

  async #announce(keyId: string): Promise<void> {
    await this.#redis.publish(redisKeys.keyChannel, keyId).catch(() => {})
  }

  /** @param before the record as it was stored, or '' @returns false, and changes nothing, if the stored record is another */
  async #put(before: string, record: StoredKey): Promise<boolean> {
    const { id, tenant } = record
    const keys = [redisKeys.keys, redisKeys.keyIds, tenantKeys(tenant).keyIds, redisKeys.tenants]
    const args = [id, before, JSON.stringify(record), tenant === DEFAULT_TENANT ? '' : tenant]
    return (await this.#redis.eval(PUT, keys.length, ...keys, ...args)) === 1
  }

  async #read(keyId: string): Promise<{ text: string; record: StoredKey | undefined }> {
    const text = await this.#redis.hget(redisKeys.keys, keyId)
    return { text: text ?? '', record: text === null ? undefined : storedRecord<StoredKey>(keyId, text) }
  }

  async #readAll(keyIds: readonly string[]): Promise<(StoredKey | undefined)[]> {
    if (keyIds.length === 0) return []
    const texts = await this.#redis.hmget(redisKeys.keys, ...keyIds)
    return texts.map((text, index) =>
      text === null ? undefined : storedRecord<StoredKey>(keyIds[index]!, text),
    )
  }
}
