import type { ListedSweep, ListSweepsData, Sweep, SweepRequest } from '../contract.ts'
import { once, type SubmitOptions } from '../idempotency.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'

export type SweepQuery = Omit<NonNullable<ListSweepsData['query']>, 'after'>

/** Searches over hyperparameters: `/v1/sweeps`. Their trials are jobs: `jobs.list({ sweepId })`. */
export class Sweeps {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  create(request: SweepRequest, options: SubmitOptions = {}): Promise<Sweep> {
    return this.#transport.json('/v1/sweeps', { ...once(options), body: request })
  }

  get(id: string, options: CallOptions = {}): Promise<Sweep> {
    return this.#transport.json(path`/v1/sweeps/${id}`, options)
  }

  list(query: SweepQuery = {}, options: CallOptions = {}): Pages<ListedSweep> {
    return pagesOf(this.#transport, '/v1/sweeps', query, options)
  }

  cancel(id: string, options: CallOptions = {}): Promise<Sweep> {
    const request = { method: 'POST' as const, repeatable: true }
    return this.#transport.json(path`/v1/sweeps/${id}/cancel`, { ...options, ...request })
  }
}
