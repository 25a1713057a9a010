const FIRST_MS = 500
const LONGEST_MS = 30_000
/** A process that ran this long before it died did not fail to start. */
const STABLE_MS = 60_000

/** How long to wait before a process that died is restarted: twice as long each time, unless it ran for long enough in between. */
export class BackOff {
  #deaths = 0

  /** @param ranMs how long the process ran this time. @returns the wait in milliseconds */
  next(ranMs: number): number {
    if (ranMs >= STABLE_MS) this.#deaths = 0
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#deaths++)
  }
}
