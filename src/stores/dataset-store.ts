import type { Redis } from 'ioredis'
import { tenantOf } from '#access/owner.ts'
import type { QuotaUse } from '#access/quotas.ts'
import { AppError } from '#domain/error.ts'
import { keyOf } from '#usage/usage-counters.ts'
import { CLAIM_SECONDS, type IdempotencyClaim, replayOf } from './idempotency-store.ts'
import { RecordStore } from './record-store.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { BYTES_FUNCTIONS, bytesKeys, limitArgs, quotaUseOf, type StorageLimits } from './stored-bytes.ts'
import { bytesOfUpload, type DatasetRecord, isUploading, type UploadingDataset } from './upload-records.ts'

/**
 * KEYS: record, all, 2 of bytes, uploads, record of the claim. ARGV: record, id, key id, bytes, 2 limits, time, record of the claim or '', its
 * seconds.
 */
const ANNOUNCE = new Script(`
${BYTES_FUNCTIONS}
local earlier = ARGV[8] ~= '' and redis.call('GET', KEYS[6])
if earlier then return {'claimed', earlier} end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'stored'} end
local refused = refuseBytes(3, ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6])
if refused then return refused end
redis.call('SET', KEYS[1], ARGV[1])
if ARGV[8] ~= '' then redis.call('SET', KEYS[6], ARGV[8], 'EX', ARGV[9]) end
redis.call('ZADD', KEYS[2], 0, ARGV[2])
redis.call('ZADD', KEYS[5], ARGV[7], ARGV[2])
setBytes(3, ARGV[2], ARGV[3], tonumber(ARGV[4]))
return {'stored'}`)

/** KEYS: record, 2 of bytes, uploads. ARGV: before, after, id, key id, bytes, time or '' after the upload. Returns whether it is now `after`. */
const REVISE = new Script(`
${BYTES_FUNCTIONS}
local found = redis.call('GET', KEYS[1])
if found == ARGV[2] then return 1 end
if found ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
setBytes(2, ARGV[3], ARGV[4], tonumber(ARGV[5]))
if ARGV[6] == '' then redis.call('ZREM', KEYS[4], ARGV[3]) else redis.call('ZADD', KEYS[4], ARGV[6], ARGV[3]) end
return 1`)

/** The new record, the id of that of an earlier request with the same claim, or the quota that its files would exceed. */
export type Announced =
  | { type: 'stored' }
  | { type: 'replayed'; datasetId: string }
  | { type: 'refused'; use: QuotaUse }

/** Uploaded datasets, also those whose files arrive in chunks. */
export class DatasetStore extends RecordStore<DatasetRecord> {
  readonly #redis: Redis

  /** @param tenant absent: of every tenant */
  constructor(redis: Redis, tenant?: string) {
    super(redis, 'dataset', tenant)
    this.#redis = redis
  }

  /** Stores the record of an upload in chunks, unless the claim has made one before. @throws AppError `idempotency_key_reused` */
  async announce(
    record: UploadingDataset,
    { limits, claim }: { limits: StorageLimits; claim?: IdempotencyClaim | undefined },
  ): Promise<Announced> {
    const { id } = record
    const tenant = tenantOf(record)
    const keys = [
      redisKeys.record('dataset', id),
      tenantKeys(tenant).allRecords('dataset'),
      ...bytesKeys(tenant),
      redisKeys.uploads,
      redisKeys.idempotency(claim?.scope ?? ''),
    ]
    const claimed = claim ? JSON.stringify({ bodyDigest: claim.bodyDigest, datasetId: id }) : ''
    const answer = (await ANNOUNCE.run(this.#redis, keys, [
      ...[JSON.stringify(record), id, keyOf(record), bytesOfUpload(record)],
      ...limitArgs([limits.storedBytes, limits.storedBytesOfKey]),
      ...[Date.now(), claimed, CLAIM_SECONDS],
    ])) as unknown[]
    if (answer[0] === 'refused') return { type: 'refused', use: quotaUseOf(answer) }
    if (answer[0] === 'stored' || !claim) return { type: 'stored' }
    const { datasetId } = replayOf<{ datasetId: string }>(String(answer[1]), claim.bodyDigest)
    return datasetId === id ? { type: 'stored' } : { type: 'replayed', datasetId }
  }

  /**
   * Changes an upload in chunks. Reads it and changes it again if another process was faster.
   * @param change returns its argument to change nothing
   * @throws AppError `not_found`; whatever `change` throws
   */
  async revise(id: string, change: (record: DatasetRecord) => DatasetRecord): Promise<DatasetRecord> {
    for (;;) {
      const before = await this.require(id)
      const after = change(before)
      if (after === before || (await this.#commit(before, after))) return after
    }
  }

  /** @throws AppError `not_found` */
  async require(id: string): Promise<DatasetRecord> {
    const record = await this.get(id)
    if (!record) throw new AppError('not_found', `There is no dataset "${id}".`)
    return record
  }

  /** The ids of the uploads in chunks with the times of their last chunks, oldest first. The records of some may have been deleted. */
  async uploads(): Promise<{ id: string; lastChunkAt: number }[]> {
    const found = await this.#redis.zrange(redisKeys.uploads, '0', '-1', 'WITHSCORES')
    return found.flatMap((id, index) => (index % 2 ? [] : [{ id, lastChunkAt: Number(found[index + 1]) }]))
  }

  /** Removes a deleted record from `uploads`. */
  async endUpload(id: string): Promise<void> {
    await this.#redis.zrem(redisKeys.uploads, id)
  }

  /** Records are written by JSON.stringify, so the text of an unchanged record is the same. */
  async #commit(before: DatasetRecord, after: DatasetRecord): Promise<boolean> {
    const keys = [redisKeys.record('dataset', after.id), ...bytesKeys(tenantOf(after)), redisKeys.uploads]
    const texts = [JSON.stringify(before), JSON.stringify(after)]
    const time = isUploading(after) ? String(Date.now()) : ''
    const args = [...texts, after.id, keyOf(after), bytesOfUpload(after), time]
    return (await REVISE.run(this.#redis, keys, args)) === 1
  }
}
