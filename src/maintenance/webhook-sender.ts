import type { Logger } from 'pino'
import { tenantOf } from '#access/owner.ts'
import { createDeliveries, type OutboxStores } from '#deliveries/create-deliveries.ts'
import { deliver } from '#deliveries/deliver.ts'
import type { SendingOptions } from '#deliveries/send-event.ts'
import { AppError } from '#domain/error.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { DeliverySlots } from './delivery-slots.ts'

/** Longer than an attempt may take. After this time the deliveries of a process that died are due again. */
const CLAIM_MS = 30_000

export type SenderStores = OutboxStores & Pick<ServiceStores, 'allWebhooks' | 'deliveries'>

/** Sends what is due. One run at a time; a call during a run causes another run after it. */
export class WebhookSender {
  readonly #stores: SenderStores
  readonly #options: SendingOptions
  readonly #logger: Logger
  readonly #onFreeSlot: () => void
  readonly #slots = new DeliverySlots()
  readonly #sending = new Set<Promise<void>>()
  #running: Promise<void> | undefined
  #isWanted = false

  /** @param onFreeSlot is called after each request */
  constructor(stores: SenderStores, options: SendingOptions, logger: Logger, onFreeSlot: () => void) {
    this.#stores = stores
    this.#options = options
    this.#logger = logger
    this.#onFreeSlot = onFreeSlot
  }

  run(): Promise<void> {
    this.#isWanted = true
    this.#running ??= this.#runWhileWanted()
    return this.#running
  }

  /** Resolves when no request is in progress. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => {})
    await Promise.all(this.#sending)
  }

  async #runWhileWanted(): Promise<void> {
    try {
      while (this.#isWanted && !this.#options.signal?.aborted) {
        this.#isWanted = false
        // Requests are started after each page of events, so that many events do not delay them.
        const hasMore = await createDeliveries(this.#stores, { now: this.#now(), log: this.#logger })
        await this.#sendDue()
        if (hasMore) this.#isWanted = true
      }
    } finally {
      this.#running = undefined
    }
  }

  /** Starts as many of the due deliveries as there are slots, and does not wait for them. */
  async #sendDue(): Promise<void> {
    const now = this.#now().getTime()
    for (const webhook of await this.#stores.allWebhooks.due(now)) {
      const free = this.#slots.free(webhook)
      if (free === 0) continue
      for (const deliveryId of await this.#stores.deliveries.claim(webhook.id, now, CLAIM_MS, free)) {
        const release = this.#slots.take(webhook)
        const sending = this.#send(webhook.id, deliveryId).finally(() => {
          release()
          this.#sending.delete(sending)
          this.#onFreeSlot()
        })
        this.#sending.add(sending)
      }
    }
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date()
  }

  /** An error of one delivery does not end the loop; it is due again when its claim expires. */
  async #send(webhookId: string, deliveryId: string): Promise<void> {
    try {
      const { delivery, attempt, webhook } = await deliver(this.#stores, webhookId, deliveryId, this.#options)
      const facts = { tenant: tenantOf(webhook), webhookId, deliveryId }
      if (attempt?.error !== undefined)
        this.#logger.info(
          { ...facts, ...attempt, status: delivery.status },
          'an attempt of a delivery failed',
        )
      if (webhook.disabled && webhook.disabled.at === attempt?.at)
        this.#logger.warn({ ...facts, reason: webhook.disabled.reason }, 'a webhook was disabled')
    } catch (err) {
      const isDeleted = err instanceof AppError && err.code === 'not_found'
      if (isDeleted || this.#options.signal?.aborted) return
      this.#logger.warn({ err, webhookId, deliveryId }, 'a delivery could not be attempted')
    }
  }
}
