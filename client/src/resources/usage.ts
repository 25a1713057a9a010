import type { GetUsageData, GetUsageResponse, UsageRow } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import type { CallOptions, Transport } from '../transport.ts'

export type UsageQuery = Omit<NonNullable<GetUsageData['query']>, 'after'>

/** What keys have used, by hour: `/v1/usage`. */
export class Usage {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Awaited, the first page with the totals of all pages; iterated, every row. */
  list(query: UsageQuery = {}, options: CallOptions = {}): Pages<UsageRow, GetUsageResponse> {
    return pagesOf(this.#transport, '/v1/usage', query, options)
  }
}
