import { tenantOf } from '#access/owner.ts'
import type { Webhook } from '#webhooks/webhook.ts'

/** The requests that may be in progress at once. A tenant whose receivers are slow leaves most of them to the others. */
const MOST_PER_WEBHOOK = 4
const MOST_PER_TENANT = 16
const MOST = 256

/** Counts the requests to receivers that are in progress. */
export class DeliverySlots {
  readonly #taken = new Map<string, number>()

  /** The number of requests that a webhook may begin now. */
  free(webhook: Webhook): number {
    const taken = (key: string) => this.#taken.get(key) ?? 0
    return Math.min(
      MOST_PER_WEBHOOK - taken(webhook.id),
      MOST_PER_TENANT - taken(`@${tenantOf(webhook)}`),
      MOST - taken(''),
    )
  }

  /** @returns a function that ends the use of the slot */
  take(webhook: Webhook): () => void {
    const keys = ['', `@${tenantOf(webhook)}`, webhook.id]
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
