import { type Decision, turnAway } from '#domain/job-decisions.ts'
import { describeLack, findRoom } from '#jobs/find-room.ts'
import type { Stores } from '#stores/connect.ts'
import { outOfMemory } from '#workers/runner/out-of-memory.ts'

/** A worker that goes is back before this is over, or is not coming back soon. */
const GRACE_MS = 60_000

/** Keeps a worker from beginning a job that it does not have enough memory for. */
export class Admission {
  readonly #stores: Pick<Stores, 'jobs' | 'measurements' | 'workers'>
  readonly #workerId: string
  /** When no worker was first seen to have room for a job. */
  readonly #homelessSince = new Map<string, number>()

  constructor(stores: Pick<Stores, 'jobs' | 'measurements' | 'workers'>, workerId: string) {
    this.#stores = stores
    this.#workerId = workerId
  }

  /**
   * @returns what follows for a job that this worker may not begin: it waits while another could, and fails when there has been
   * none for a while; undefined for one that it may begin
   */
  async refuse(jobId: string): Promise<Decision | undefined> {
    const { spec } = await this.#stores.jobs.require(jobId)
    const room = await findRoom(this.#stores, spec)
    const lack = describeLack(room)
    const since = this.#homelessSince.get(jobId) ?? Date.now()
    this.#homelessSince.delete(jobId)
    if (room.fitting.has(this.#workerId)) return undefined
    if (lack === undefined) return turnAway()
    if (Date.now() - since >= GRACE_MS) return turnAway(outOfMemory(`The job ${lack}.`))
    this.#homelessSince.set(jobId, since)
    return turnAway()
  }
}
