import type { Logger } from 'pino'
import { createDeliveries } from '#deliveries/create-deliveries.ts'
import { deliver } from '#deliveries/deliver.ts'
import type { SendingOptions } from '#deliveries/send-event.ts'
import type { Stores } from '#stores/connect.ts'
import { DeliverySlots } from './delivery-slots.ts'

/** Longer than an attempt may take. After this time the deliveries of a process that died are due again. */
const CLAIM_MS = 60_000

export type SenderStores = Pick<Stores, 'outbox' | 'webhooksOf'>

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
        await createDeliveries(this.#stores, this.#logger)
        await this.#sendDue()
      }
    } finally {
      this.#running = undefined
    }
  }

  /** Starts as many of the due deliveries as there are slots, and does not wait for them. */
  async #sendDue(): Promise<void> {
    const now = (this.#options.now?.() ?? new Date()).getTime()
    for (const { tenant, webhookId } of await this.#stores.outbox.dueWebhooks(now)) {
      const free = this.#slots.free(tenant, webhookId)
      if (free === 0) continue
      const { deliveries } = this.#stores.webhooksOf(tenant)
      for (const deliveryId of await deliveries.claim(webhookId, now, CLAIM_MS, free)) {
        const release = this.#slots.take(tenant, webhookId)
        const sending = this.#send(tenant, webhookId, deliveryId).finally(() => {
          release()
          this.#sending.delete(sending)
          this.#onFreeSlot()
        })
        this.#sending.add(sending)
      }
    }
  }

  /** An error of one delivery does not end the loop; it is due again when its claim expires. */
  async #send(tenant: string, webhookId: string, deliveryId: string): Promise<void> {
    try {
      const stores = this.#stores.webhooksOf(tenant)
      const { delivery, attempt, webhook } = await deliver(stores, webhookId, deliveryId, this.#options)
      if (attempt?.error !== undefined)
        this.#logger.info(
          { tenant, webhookId, deliveryId, ...attempt, status: delivery.status },
          'an attempt of a webhook failed',
        )
      if (webhook.disabled && webhook.disabled.at === attempt?.at)
        this.#logger.warn({ tenant, webhookId, reason: webhook.disabled.reason }, 'a webhook was disabled')
    } catch (err) {
      if (!this.#options.signal?.aborted)
        this.#logger.warn({ err, tenant, webhookId, deliveryId }, 'a delivery could not be attempted')
    }
  }
}
