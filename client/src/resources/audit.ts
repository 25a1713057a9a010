import type { AuditRecord, ListAuditData } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import type { CallOptions, Transport } from '../transport.ts'

export type AuditQuery = Omit<NonNullable<ListAuditData['query']>, 'after'>

/** Who changed what: `/v1/audit`. */
export class Audit {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  list(query: AuditQuery = {}, options: CallOptions = {}): Pages<AuditRecord> {
    return pagesOf(this.#transport, '/v1/audit', query, options)
  }
}
