import type { HistoryGap } from '../contract.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'
import { type WatchOptions, watch } from '../watch.ts'

/** The types of one resource that a worker works on. */
interface RunTypes {
  record: unknown
  /** The answer to a request to cancel. */
  cancelled: unknown
  frame: { type: string }
  event: unknown
}

/** What jobs and analyses have in common: they are read, ended and followed alike. */
export class Runs<Types extends RunTypes> {
  readonly #transport: Transport
  readonly #name: 'job' | 'analysis'
  readonly #base: string

  /** @param name the field of a snapshot that has the record @param base for example `/v1/jobs` */
  constructor(transport: Transport, name: 'job' | 'analysis', base: string) {
    this.#transport = transport
    this.#name = name
    this.#base = base
  }

  /** With its result, if it has one and has succeeded. */
  get(id: string, options: CallOptions = {}): Promise<Types['record']> {
    return this.#transport.json(this.#at(id), options)
  }

  cancel(id: string, options: CallOptions = {}): Promise<Types['cancelled']> {
    const request = { method: 'POST' as const, repeatable: true }
    return this.#transport.json(`${this.#at(id)}/cancel`, { ...options, ...request })
  }

  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.remove(this.#at(id), options)
  }

  /**
   * Frames until the run has ended, over as many connections as that takes: a snapshot, the events after `after`, progress, and `end`.
   * @throws NotFoundError if it was deleted, AuthenticationError if the key was revoked; the reason of the signal
   */
  watch(id: string, options: WatchOptions = {}): AsyncIterable<Types['frame']> {
    return watch(this.#transport, this.#name, this.#at(id), options)
  }

  /** Resolves once the run has ended, however it ended. */
  async wait(id: string, options: WatchOptions = {}): Promise<Types['record']> {
    for await (const _ of this.watch(id, options));
    return await this.get(id, { signal: options.signal })
  }

  /** Stored events, oldest first. */
  events(
    id: string,
    query: { after?: number; limit?: number } = {},
    options: CallOptions = {},
  ): Pages<Types['event'] | HistoryGap> {
    return pagesOf(this.#transport, `${this.#at(id)}/events`, query, options)
  }

  #at(id: string): string {
    return this.#base + path`/${id}`
  }
}
