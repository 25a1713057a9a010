import type {
  Analysis,
  AnalysisEvent,
  AnalysisRequest,
  Artifact,
  HistoryGap,
  ListAnalysesData,
  ListedAnalysis,
} from '../contract.ts'
import type { AnalysisFrame } from '../frames.ts'
import { once, type SubmitOptions } from '../idempotency.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'
import { type WatchOptions, watch } from '../watch.ts'

export type AnalysisQuery = Omit<NonNullable<ListAnalysesData['query']>, 'after'>

/** Trade-offs and evaluations of finished jobs: `/v1/analyses`. */
export class Analyses {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  create(request: AnalysisRequest, options: SubmitOptions = {}): Promise<ListedAnalysis> {
    return this.#transport.json('/v1/analyses', { ...once(options), body: request })
  }

  /** With its result, once it has succeeded. */
  get(id: string, options: CallOptions = {}): Promise<Analysis> {
    return this.#transport.json(path`/v1/analyses/${id}`, options)
  }

  list(query: AnalysisQuery = {}, options: CallOptions = {}): Pages<ListedAnalysis> {
    return pagesOf(this.#transport, '/v1/analyses', query, options)
  }

  cancel(id: string, options: CallOptions = {}): Promise<ListedAnalysis> {
    const request = { method: 'POST' as const, repeatable: true }
    return this.#transport.json(path`/v1/analyses/${id}/cancel`, { ...options, ...request })
  }

  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.remove(path`/v1/analyses/${id}`, options)
  }

  /** Frames until the analysis has ended, like those of a job. */
  watch(id: string, options: WatchOptions = {}): AsyncIterable<AnalysisFrame> {
    return watch(this.#transport, 'analysis', path`/v1/analyses/${id}`, options)
  }

  /** Resolves with the analysis once it has ended, however it ended. */
  async wait(id: string, options: WatchOptions = {}): Promise<Analysis> {
    for await (const _ of this.watch(id, options));
    return await this.get(id, { signal: options.signal })
  }

  /** Stored events, oldest first. */
  events(
    id: string,
    query: { after?: number; limit?: number } = {},
    options: CallOptions = {},
  ): Pages<AnalysisEvent | HistoryGap> {
    return pagesOf(this.#transport, path`/v1/analyses/${id}/events`, query, options)
  }

  artifacts(id: string, options: CallOptions = {}): Pages<Artifact> {
    return pagesOf(this.#transport, path`/v1/analyses/${id}/artifacts`, {}, options)
  }

  /** An artifact as an answer whose body is not read yet. */
  artifact(id: string, name: string, options: CallOptions = {}): Promise<Response> {
    return this.#transport.send(path`/v1/analyses/${id}/artifacts/${name}`, options)
  }
}
