import { type Decision, turnAway } from '#domain/job-decisions.ts'
import { describeLack, findRoom } from '#jobs/find-room.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { outOfMemory } from '#workers/runner/out-of-memory.ts'

/** A restarted worker is available again within this time; otherwise it is not expected soon. */
const GRACE_MS = 60_000

/** Refuses jobs that this worker does not have enough memory for. */
export class Admission {
  readonly #stores: Pick<ServiceStores, 'work' | 'measurements' | 'workers'>
  readonly #workerId: string
  /** By job, the time at which no worker was first found to have enough memory. */
  readonly #unplaceableSince = new Map<string, number>()

  constructor(stores: Pick<ServiceStores, 'work' | 'measurements' | 'workers'>, workerId: string) {
    this.#stores = stores
    this.#workerId = workerId
  }

  /**
   * @returns the outcome for a job that this worker must not begin: the job waits while another worker could begin it, and fails if there
   * has been none for a while. Undefined for a job that it may begin.
   */
  async refuse(jobId: string): Promise<Decision | undefined> {
    const { spec, analysis } = await this.#stores.work.require(jobId)
    const room = await findRoom(this.#stores, spec, analysis)
    const lack = describeLack(room)
    const since = this.#unplaceableSince.get(jobId) ?? Date.now()
    this.#unplaceableSince.delete(jobId)
    if (room.fitting.has(this.#workerId)) return undefined
    if (lack === undefined) return turnAway()
    if (Date.now() - since >= GRACE_MS) return turnAway(outOfMemory(`The job ${lack}.`))
    this.#unplaceableSince.set(jobId, since)
    return turnAway()
  }
}
