import { type Share, servedBefore } from '#access/fair-share.ts'
import type { Owner } from '#access/owner.ts'
import type { Job } from '#domain/job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { type Lane, laneOf } from '#stores/lane.ts'
import { type LimitStores, tenantLimits } from '#stores/tenant-limits.ts'
import { type HeldBack, laneHeldBack, tenantHeldBack } from './held-back.ts'

export type PositionStores = Pick<ServiceStores, 'waiting' | 'queue' | 'workers' | 'measurements'> &
  LimitStores

/** Where a job stands, if no other job is submitted or ends early. */
export interface QueuePlace {
  /** 1 for the next job. Jobs of other tenants that a quota holds back do not count. */
  queuePosition: number
  /** Absent while no worker is alive, while no job has ended yet, and while a quota holds the job back. */
  estimatedStartAt?: string
  /** The quota that holds the job back. */
  waitsFor?: HeldBack
}

/** The places of waiting jobs under fair share. What several places need is read once, when it is first needed. */
export class QueuePositions {
  readonly #stores: PositionStores
  readonly #held = new Map<string, Promise<HeldBack | undefined>>()
  #shares: Promise<Share[]> | undefined
  #secondsPerPlace: Promise<number | undefined> | undefined
  #released: Promise<number> | undefined

  constructor(stores: PositionStores) {
    this.#stores = stores
  }

  /** @returns undefined for a job that is not queued */
  async of(job: Job): Promise<QueuePlace | undefined> {
    if (job.status !== 'queued') return undefined
    const lane = laneOf(job)
    const rank = await this.#stores.waiting.rank(job)
    if (rank !== undefined)
      return await this.#place(await this.#position(lane, rank), await this.#heldBack(lane))
    return await this.#place((await this.#stores.queue.position(job.id)) ?? 1)
  }

  /** The place of a job that would be submitted now. */
  async ofNext(owner: Owner, priority: number): Promise<QueuePlace> {
    const lane = laneOf(owner)
    const rank = await this.#stores.waiting.rankOfNext(lane, priority)
    return await this.#place(await this.#position(lane, rank), await this.#heldBack(lane))
  }

  /** Behind the released jobs that no worker has begun. */
  async #position({ tenant }: Lane, rank: number): Promise<number> {
    this.#released ??= this.#stores.queue.waitingCount()
    this.#shares ??= readShares(this.#stores)
    // Together: a rejection of one that is not awaited yet would end the process.
    const [shares, released] = await Promise.all([this.#shares, this.#released])
    const own = shares.find(share => share.tenant === tenant) ?? {
      tenant,
      pass: shares[0]?.pass ?? 0,
      weight: (await tenantLimits(this.#stores, tenant)).weight,
    }
    const others = shares.filter(share => share.tenant !== tenant && !share.isHeldBack)
    return released + rank + 1 + servedBefore(own, rank, others)
  }

  #heldBack(lane: Lane): Promise<HeldBack | undefined> {
    const known = this.#held.get(lane.name) ?? laneHeldBack(this.#stores, lane)
    this.#held.set(lane.name, known)
    return known
  }

  async #place(queuePosition: number, waitsFor?: HeldBack): Promise<QueuePlace> {
    if (waitsFor) return { queuePosition, waitsFor }
    this.#secondsPerPlace ??= readSecondsPerPlace(this.#stores)
    const seconds = await this.#secondsPerPlace
    if (seconds === undefined) return { queuePosition }
    // On average, half of a running job is still to come.
    const startsAt = new Date(Date.now() + 1000 * seconds * (queuePosition - 0.5))
    return { queuePosition, estimatedStartAt: startsAt.toISOString() }
  }
}

async function readShares(stores: PositionStores): Promise<Share[]> {
  return await Promise.all(
    (await stores.waiting.shares()).map(async ({ tenant, pass }) => {
      const lanes = await stores.waiting.lanes(tenant)
      const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0)
      const isHeldBack = (await tenantHeldBack(stores, tenant)) !== undefined
      return { tenant, pass, waiting, isHeldBack, weight: (await tenantLimits(stores, tenant)).weight }
    }),
  )
}

/** The mean time between the starts of two jobs while all workers are busy. */
async function readSecondsPerPlace({ workers, measurements }: PositionStores): Promise<number | undefined> {
  const [alive, seconds] = await Promise.all([workers.list(), measurements.meanRunningSeconds()])
  return alive.length === 0 || seconds === undefined ? undefined : seconds / alive.length
}
