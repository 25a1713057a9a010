import { type Share, servedBefore } from '#access/fair-share.ts'
import { DEFAULT_TENANT, type Owner, tenantOf } from '#access/owner.ts'
import type { Job } from '#domain/job.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { laneOf } from '#stores/lane.ts'
import { type LimitStores, tenantLimits } from '#stores/tenant-limits.ts'

export type PositionStores = Pick<ServiceStores, 'waiting' | 'workers' | 'measurements'> & LimitStores

/** Where a job stands, if no other job is submitted or ends early. */
export interface QueuePlace {
  /** 1 for the next job. */
  queuePosition: number
  /** Absent while no worker is alive or no job has ended yet. */
  estimatedStartAt?: string
}

/** The places of waiting jobs under fair share. The shares of the tenants are read once, when the first place is asked for. */
export class QueuePositions {
  readonly #stores: PositionStores
  #shares: Promise<Share[]> | undefined
  #secondsPerPlace: Promise<number | undefined> | undefined

  constructor(stores: PositionStores) {
    this.#stores = stores
  }

  /** @returns undefined for a job that is not queued */
  async of(job: Job): Promise<QueuePlace | undefined> {
    if (job.status !== 'queued') return undefined
    const rank = await this.#stores.waiting.rank(job)
    // A job that is released to the workers is begun at once.
    return await this.#place(rank === undefined ? 1 : await this.#position(tenantOf(job), rank))
  }

  /** The place of a job that would be submitted now. */
  async ofNext({ tenant = DEFAULT_TENANT, keyId }: Owner, priority: number): Promise<QueuePlace> {
    const rank = await this.#stores.waiting.rankOfNext(laneOf({ tenant, ...(keyId && { keyId }) }), priority)
    return await this.#place(await this.#position(tenant, rank))
  }

  async #position(tenant: string, rank: number): Promise<number> {
    this.#shares ??= readShares(this.#stores)
    const shares = await this.#shares
    const own = shares.find(share => share.tenant === tenant) ?? {
      tenant,
      pass: shares[0]?.pass ?? 0,
      weight: (await tenantLimits(this.#stores, tenant)).weight,
    }
    const others = shares.filter(share => share.tenant !== tenant)
    return rank + 1 + servedBefore(own, rank, others)
  }

  async #place(queuePosition: number): Promise<QueuePlace> {
    this.#secondsPerPlace ??= readSecondsPerPlace(this.#stores)
    const seconds = await this.#secondsPerPlace
    if (seconds === undefined) return { queuePosition }
    const startsAt = new Date(Date.now() + 1000 * seconds * (queuePosition - 1))
    return { queuePosition, estimatedStartAt: startsAt.toISOString() }
  }
}

async function readShares({ waiting, tenantSettings }: PositionStores): Promise<Share[]> {
  const shares = await waiting.shares()
  const [settings, lanes] = await Promise.all([
    tenantSettings.allSettings(shares.map(({ tenant }) => tenant)),
    Promise.all(shares.map(({ tenant }) => waiting.lanes(tenant))),
  ])
  return shares.map(({ tenant, pass }, index) => {
    const count = lanes[index]!.reduce((sum, lane) => sum + lane.waiting, 0)
    return { tenant, pass, waiting: count, weight: settings[index]!.weight }
  })
}

/** The mean time between the starts of two jobs while all workers are busy. */
async function readSecondsPerPlace({ workers, measurements }: PositionStores): Promise<number | undefined> {
  const [alive, seconds] = await Promise.all([workers.list(), measurements.meanRunningSeconds()])
  return alive.length === 0 || seconds === undefined ? undefined : seconds / alive.length
}
