const FIRST_MS = 500
const LONGEST_MS = 30_000
/** What ran this long before it died is not failing to start. */
const STABLE_MS = 60_000

/** How long to wait before something that died is started again: twice as long each time, unless it ran well in between. */
export class BackOff {
  #deaths = 0

  /** @param ranMs how long it ran this time */
  next(ranMs: number): number {
    if (ranMs >= STABLE_MS) this.#deaths = 0
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#deaths++)
  }
}
