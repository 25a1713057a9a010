const FIRST_MS = 500
const LONGEST_MS = 30_000
/** A process that ran at least this long before it died is not considered to have failed at its start. */
const STABLE_MS = 60_000

/** The wait before a process that died is restarted: it doubles each time, unless the process ran for long enough in between. */
export class BackOff {
  #deaths = 0

  /** @param ranMs how long the process ran this time. @returns the wait in milliseconds */
  next(ranMs: number): number {
    if (ranMs >= STABLE_MS) this.#deaths = 0
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#deaths++)
  }
}
