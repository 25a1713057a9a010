import type { CallOptions, Transport } from '../transport.ts'

/** Whether the service runs: `/healthz` and `/readyz`. */
export class Health {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Resolves if the process answers. @throws ConnectionError, ServiceError */
  async live(options: CallOptions = {}): Promise<void> {
    await this.#transport.json('/healthz', options)
  }

  /** Resolves if the service can do its work. @throws ServiceError whose message names what is missing */
  async ready(options: CallOptions = {}): Promise<void> {
    await this.#transport.json('/readyz', options)
  }
}
