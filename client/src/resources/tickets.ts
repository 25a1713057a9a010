import type { Ticket } from '../contract.ts'
import type { CallOptions, Transport } from '../transport.ts'

/** Tickets that open one stream without a header: `/v1/tickets`. */
export class Tickets {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  create(options: CallOptions = {}): Promise<Ticket> {
    return this.#transport.json('/v1/tickets', { ...options, method: 'POST', repeatable: true })
  }
}
