/** The requests that may be in progress at once. A tenant whose receivers are slow leaves most of them to the others. */
const MOST_PER_WEBHOOK = 4
const MOST_PER_TENANT = 16
const MOST = 256

/** Counts the requests to receivers that are in progress. */
export class DeliverySlots {
  readonly #taken = new Map<string, number>()

  /** The number of requests that a webhook may begin now. */
  free(tenant: string, webhookId: string): number {
    const taken = (key: string) => this.#taken.get(key) ?? 0
    return Math.min(
      MOST_PER_WEBHOOK - taken(webhookId),
      MOST_PER_TENANT - taken(`@${tenant}`),
      MOST - taken(''),
    )
  }

  /** @returns a function that ends the use of the slot */
  take(tenant: string, webhookId: string): () => void {
    const keys = ['', `@${tenant}`, webhookId]
    for (const key of keys) this.#add(key, 1)
    return () => {
      for (const key of keys) this.#add(key, -1)
    }
  }

  #add(key: string, change: number): void {
    const taken = (this.#taken.get(key) ?? 0) + change
    if (taken === 0) this.#taken.delete(key)
    else this.#taken.set(key, taken)
  }
}
