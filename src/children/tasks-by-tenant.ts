import { AppError } from '#domain/error.ts'

const RETRY_AFTER = { 'retry-after': '1' }

/**
 * The tasks of each tenant in one pool, in progress and waiting. All tenants share the pool and its queue, so that without a bound for each
 * of them, one tenant's flood of requests would be in front of every request of the others.
 */
export class TasksByTenant {
  readonly #most: number
  readonly #counts = new Map<string, number>()

  /** @param most of one tenant */
  constructor(most: number) {
    this.#most = most
  }

  /** Counts one more task. @returns a function that must be called when it has ended. @throws AppError `unavailable` */
  begin(tenant: string): () => void {
    const count = this.#counts.get(tenant) ?? 0
    if (count >= this.#most) {
      const message = `Your tenant has ${count} requests of this kind in progress or waiting in this api process, which is the limit; try again in a second.`
      throw new AppError('unavailable', message, { headers: RETRY_AFTER })
    }
    this.#counts.set(tenant, count + 1)
    return () => {
      const left = this.#counts.get(tenant)! - 1
      if (left > 0) this.#counts.set(tenant, left)
      else this.#counts.delete(tenant)
    }
  }
}
