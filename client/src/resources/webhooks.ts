import type {
  Delivery,
  Webhook,
  WebhookChange,
  WebhookRequest,
  WebhookTest,
  WebhookWithSecret,
} from '../contract.ts'
import { once, type SubmitOptions } from '../idempotency.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'

/** Receivers of events and the deliveries to them: `/v1/webhooks`. */
export class Webhooks {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The answer has the secret that signs its deliveries. */
  create(request: WebhookRequest, options: SubmitOptions = {}): Promise<WebhookWithSecret> {
    return this.#transport.json('/v1/webhooks', { ...once(options), body: request })
  }

  get(id: string, options: CallOptions = {}): Promise<Webhook> {
    return this.#transport.json(path`/v1/webhooks/${id}`, options)
  }

  list(query: { limit?: number } = {}, options: CallOptions = {}): Pages<Webhook> {
    return pagesOf(this.#transport, '/v1/webhooks', query, options)
  }

  change(id: string, change: WebhookChange, options: CallOptions = {}): Promise<Webhook> {
    const request = { method: 'PATCH' as const, body: change, repeatable: true }
    return this.#transport.json(path`/v1/webhooks/${id}`, { ...options, ...request })
  }

  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.remove(path`/v1/webhooks/${id}`, options)
  }

  /** Makes a new secret. It is not repeated after a lost answer: each rotation replaces the secret. */
  rotate(id: string, options: CallOptions = {}): Promise<WebhookWithSecret> {
    return this.#transport.json(path`/v1/webhooks/${id}/rotate`, { ...options, method: 'POST' })
  }

  /** Sends a test event, and returns how the receiver answered. */
  test(id: string, options: CallOptions = {}): Promise<WebhookTest> {
    return this.#transport.json(path`/v1/webhooks/${id}/test`, { ...options, method: 'POST' })
  }

  deliveries(id: string, query: { limit?: number } = {}, options: CallOptions = {}): Pages<Delivery> {
    return pagesOf(this.#transport, path`/v1/webhooks/${id}/deliveries`, query, options)
  }

  /** Sends an event again. */
  replay(id: string, deliveryId: string, options: CallOptions = {}): Promise<Delivery> {
    const at = path`/v1/webhooks/${id}/deliveries/${deliveryId}/replay`
    return this.#transport.json(at, { ...options, method: 'POST' })
  }
}
