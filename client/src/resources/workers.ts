import type { Worker } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import type { CallOptions, Transport } from '../transport.ts'

/** Processes that train: `/v1/workers`. */
export class Workers {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  list(options: CallOptions = {}): Pages<Worker> {
    return pagesOf(this.#transport, '/v1/workers', {}, options)
  }
}
