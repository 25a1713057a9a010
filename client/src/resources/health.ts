import type { HealthResponse } from '../contract.ts'
import type { CallOptions, Transport } from '../transport.ts'

/** Whether the service runs: `/healthz` and `/readyz`. */
export class Health {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Resolves with the version of the service if the process answers. @throws ConnectionError, ServiceError */
  live(options: CallOptions = {}): Promise<HealthResponse> {
    return this.#transport.json('/healthz', options)
  }

  /** Resolves if the service can do its work. @throws ServiceError whose message names what is missing */
  async ready(options: CallOptions = {}): Promise<void> {
    await this.#transport.json('/readyz', options)
  }
}
