import type { Redis } from 'ioredis'
import { DEFAULT_TENANT, type Owned, ownedBy, ownerOf, tenantOf } from '#access/owner.ts'
import { AppError } from '#domain/error.ts'
import { advanceSweep } from '#sweeps/advance-sweep.ts'
import type { SweepEvent } from '#sweeps/apply-event.ts'
import { isUnderWay, type Sweep } from '#sweeps/sweep.ts'
import type { SweepRequest } from '#sweeps/sweep-request.ts'
import type { SweepState } from '#sweeps/sweep-state.ts'
import { isWebhookEvent } from '#webhooks/event-types.ts'
import { ANNOUNCE_FUNCTION, ANNOUNCE_KEYS, type AnnouncedEvent } from './announced-events.ts'
import { CLAIM_SECONDS, type IdempotencyClaim, replayOf } from './idempotency-store.ts'
import { MOST_SCANNED, membersOf, PAGE } from './members-of.ts'
import { redisKeys, tenantKeys } from './redis-keys.ts'
import { Script } from './script.ts'
import { storedRecord } from './stored-record.ts'

interface SweepQuery {
  after?: string | undefined
  limit: number
  /** A prefix of the name. */
  name?: string | undefined
}

/** The two fields of the hash: what never changes, and what changes with every event. */
interface Fields {
  request: Pick<Sweep, 'id' | 'createdAt'> & Owned & { request: SweepRequest }
  state: Pick<Sweep, 'finishedAt'> & { state: Omit<SweepState, 'request'> }
}

// As for jobs, each script may run twice: a client whose connection breaks before the answer sends its script again.

/** KEYS: sweep, all, active, record of the claim. ARGV: id, request, state, record or '', its seconds. */
const CREATE = `
if ARGV[4] ~= '' then
  local found = redis.call('GET', KEYS[4])
  if found then return found end
  redis.call('SET', KEYS[4], ARGV[4], 'EX', ARGV[5])
end
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
redis.call('HSET', KEYS[1], 'request', ARGV[2], 'state', ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
return false`

/**
 * KEYS: sweep, active, 2 of the outbox. ARGV: id, state before, state after, tenant, the event of its end or '' while it remains active.
 */
const COMMIT = new Script(`
${ANNOUNCE_FUNCTION}
local state = redis.call('HGET', KEYS[1], 'state')
if state == ARGV[3] then return 1 end
if state ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[3])
if ARGV[5] == '' then
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
  announce(3, ARGV[4], ARGV[5])
end
return 1`)

/** Sweeps in Redis: the request and the folded state apart, because a request may be large and never changes. */
export class SweepStore {
  readonly #redis: Redis
  readonly #tenant: string | undefined

  /** @param tenant absent: the store has the sweeps of all tenants; otherwise, those of others do not exist for its callers */
  constructor(redis: Redis, tenant?: string) {
    this.#redis = redis
    this.#tenant = tenant
  }

  /**
   * Stores a new sweep, unless the claim has created one before.
   * @returns the id of the sweep of the claim, and whether it is another than `sweep`
   * @throws AppError `idempotency_key_reused`
   */
  async create(sweep: Sweep, claim?: IdempotencyClaim): Promise<{ sweepId: string; replayed: boolean }> {
    const { id } = sweep
    const record = claim ? JSON.stringify({ bodyDigest: claim.bodyDigest, sweepId: id }) : ''
    const keys = [
      redisKeys.sweep(id),
      tenantKeys(tenantOf(sweep)).allSweeps,
      redisKeys.activeSweeps,
      redisKeys.idempotency(claim?.scope ?? ''),
    ]
    const { request, state } = fieldsOf(sweep)
    const args = [id, request, state, record, CLAIM_SECONDS]
    const found = (await this.#redis.eval(CREATE, keys.length, ...keys, ...args)) as string | null
    if (!found || !claim) return { sweepId: id, replayed: false }
    const { sweepId } = replayOf<{ sweepId: string }>(found, claim.bodyDigest)
    return { sweepId, replayed: sweepId !== id }
  }

  /** The sweep that a claim has created before. @throws AppError `idempotency_key_reused` */
  async find({ scope, bodyDigest }: IdempotencyClaim): Promise<Sweep | undefined> {
    const found = await this.#redis.get(redisKeys.idempotency(scope))
    if (found === null) return undefined
    return await this.require(replayOf<{ sweepId: string }>(found, bodyDigest).sweepId)
  }

  async get(sweepId: string): Promise<Sweep | undefined> {
    return (await this.#read(sweepId))?.sweep
  }

  /** @throws AppError `not_found` */
  async require(sweepId: string): Promise<Sweep> {
    return (await this.#requireStored(sweepId)).sweep
  }

  /**
   * The only way to change a sweep: folds the events into the stored state and commits it, unless another process changed the sweep
   * first; then it reads the sweep and folds again. Events that change nothing are not stored.
   * @param decide the events that follow from the stored sweep
   * @throws AppError `not_found`; whatever `decide` throws
   */
  async append(sweepId: string, decide: (sweep: Sweep) => readonly SweepEvent[]): Promise<Sweep> {
    for (;;) {
      const { sweep: before, text } = await this.#requireStored(sweepId)
      const state = decide(before).reduce((folded, event) => advanceSweep(folded, event).state, before.state)
      if (state === before.state) return before
      const { finishedAt: _, ...kept } = before
      const moved: Sweep = { ...kept, state }
      const after = isUnderWay(moved) ? moved : { ...moved, finishedAt: new Date().toISOString() }
      if (await this.#commit(text, after)) return after
    }
  }

  /** @param before the state as it was stored @returns false, and changes nothing, if the stored state is another */
  async #commit(before: string, after: Sweep): Promise<boolean> {
    const keys = [redisKeys.sweep(after.id), redisKeys.activeSweeps, ...ANNOUNCE_KEYS]
    const end = endOf(after)
    const args = [after.id, before, fieldsOf(after).state, tenantOf(after), end ? JSON.stringify(end) : '']
    return (await COMMIT.run(this.#redis, keys, args)) === 1
  }

  async #read(sweepId: string): Promise<{ sweep: Sweep; text: string } | undefined> {
    const [request, text] = await this.#redis.hmget(redisKeys.sweep(sweepId), 'request', 'state')
    if (!request || !text) return undefined
    const sweep = sweepOf(JSON.parse(request), JSON.parse(text))
    const isVisible = this.#tenant === undefined || tenantOf(sweep) === this.#tenant
    return isVisible ? { sweep, text } : undefined
  }

  async #requireStored(sweepId: string): Promise<{ sweep: Sweep; text: string }> {
    const stored = await this.#read(sweepId)
    if (!stored) throw new AppError('not_found', `There is no sweep ${sweepId}.`)
    return stored
  }

  /** The ids of the sweeps that are running or being cancelled, oldest first, a page at a time. */
  activeIds(): AsyncGenerator<string[]> {
    return membersOf(this.#redis, [redisKeys.activeSweeps], { order: 'asc', count: PAGE })
  }

  /** Newest first. @returns fewer than `limit` and a `nextAfter` when `MOST_SCANNED` sweeps were read */
  async list({ after, limit, name }: SweepQuery): Promise<{ found: Sweep[]; nextAfter: string | null }> {
    const found: Sweep[] = []
    const count = name === undefined ? limit + 1 : PAGE
    let scanned = 0
    const { allSweeps } = tenantKeys(this.#tenant ?? DEFAULT_TENANT)
    for await (const ids of membersOf(this.#redis, [allSweeps], { order: 'desc', count, after })) {
      for (const sweep of await this.#load(ids)) {
        if (name !== undefined && !sweep.state?.request.name?.startsWith(name)) continue
        if (found.length === limit) return { found, nextAfter: found.at(-1)!.id }
        found.push(sweep)
      }
      scanned += ids.length
      if (scanned >= MOST_SCANNED && ids.length === count) return { found, nextAfter: ids.at(-1)! }
    }
    return { found, nextAfter: null }
  }

  /** A sweep that cannot be read has only its id. */
  async #load(ids: readonly string[]): Promise<Sweep[]> {
    const pipeline = this.#redis.pipeline()
    for (const id of ids) pipeline.hmget(redisKeys.sweep(id), 'request', 'state')
    const answers = (await pipeline.exec()) ?? []
    return answers.flatMap(([, texts], index) => {
      const [request, state] = (texts ?? []) as (string | null)[]
      if (!request || !state) return []
      const id = ids[index]!
      const parsed = storedRecord<{ id: string } & Fields['state']>(id, state)
      return parsed.state
        ? [sweepOf(storedRecord<Fields['request']>(id, request), parsed)]
        : [{ id } as Sweep]
    })
  }
}

function fieldsOf({ id, createdAt, finishedAt, state: { request, ...state }, ...owned }: Sweep) {
  return {
    request: JSON.stringify({
      id,
      createdAt,
      request,
      ...ownedBy(ownerOf(owned)),
    } satisfies Fields['request']),
    state: JSON.stringify({
      ...(finishedAt !== undefined && { finishedAt }),
      state,
    } satisfies Fields['state']),
  }
}

function sweepOf({ request, ...fixed }: Fields['request'], { finishedAt, state }: Fields['state']): Sweep {
  return { ...fixed, ...(finishedAt !== undefined && { finishedAt }), state: { ...state, request } }
}

/** The event that webhooks can receive when a sweep has ended. */
function endOf(sweep: Sweep): AnnouncedEvent | undefined {
  const { id, finishedAt, state } = sweep
  const type = `sweep.${state.status}`
  if (finishedAt === undefined || !isWebhookEvent(type)) return undefined
  return { tenant: tenantOf(sweep), type, id, seq: 0, time: finishedAt }
}
