import type {
  Analysis,
  AnalysisEvent,
  AnalysisRequest,
  Artifact,
  ListAnalysesData,
  ListedAnalysis,
} from '../contract.ts'
import type { AnalysisFrame } from '../frames.ts'
import { once, type SubmitOptions } from '../idempotency.ts'
import { type Pages, pagesOf } from '../pages.ts'
import { path } from '../query.ts'
import type { CallOptions, Transport } from '../transport.ts'
import { Runs } from './runs.ts'

export type AnalysisQuery = Omit<NonNullable<ListAnalysesData['query']>, 'after'>

interface AnalysisTypes {
  record: Analysis
  cancelled: ListedAnalysis
  frame: AnalysisFrame
  event: AnalysisEvent
}

/** Evaluations, trade-offs and studies of finished jobs: `/v1/analyses`. */
export class Analyses extends Runs<AnalysisTypes> {
  readonly #transport: Transport

  constructor(transport: Transport) {
    super(transport, 'analysis', '/v1/analyses')
    this.#transport = transport
  }

  create(request: AnalysisRequest, options: SubmitOptions = {}): Promise<ListedAnalysis> {
    return this.#transport.json('/v1/analyses', { ...once(options), body: request })
  }

  list(query: AnalysisQuery = {}, options: CallOptions = {}): Pages<ListedAnalysis> {
    return pagesOf(this.#transport, '/v1/analyses', query, options)
  }

  artifacts(id: string, options: CallOptions = {}): Pages<Artifact> {
    return pagesOf(this.#transport, path`/v1/analyses/${id}/artifacts`, {}, options)
  }

  /** An artifact as an answer whose body is not read yet. */
  artifact(id: string, name: string, options: CallOptions = {}): Promise<Response> {
    return this.#transport.send(path`/v1/analyses/${id}/artifacts/${name}`, options)
  }
}
