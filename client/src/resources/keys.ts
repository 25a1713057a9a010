import type { Key, KeyRequest, ListKeysData, NewKey } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'

export type KeyQuery = Omit<NonNullable<ListKeysData['query']>, 'after'>

/** Keys of the API: `/v1/keys`. */
export class Keys {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The answer is the only one that has the secret. */
  create(request: KeyRequest, options: CallOptions = {}): Promise<NewKey> {
    return this.#transport.json('/v1/keys', { ...options, method: 'POST', body: request })
  }

  get(id: string, options: CallOptions = {}): Promise<Key> {
    return this.#transport.json(path`/v1/keys/${id}`, options)
  }

  list(query: KeyQuery = {}, options: CallOptions = {}): Pages<Key> {
    return pagesOf(this.#transport, '/v1/keys', query, options)
  }

  revoke(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.remove(path`/v1/keys/${id}`, options)
  }
}
