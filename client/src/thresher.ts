import { Analyses } from './resources/analyses.ts'
import { Audit } from './resources/audit.ts'
import { Datasets } from './resources/datasets.ts'
import { Health } from './resources/health.ts'
import { Jobs } from './resources/jobs.ts'
import { Keys } from './resources/keys.ts'
import { Models } from './resources/models.ts'
import { Sweeps } from './resources/sweeps.ts'
import { Tenants } from './resources/tenants.ts'
import { Tickets } from './resources/tickets.ts'
import { Usage } from './resources/usage.ts'
import { Webhooks } from './resources/webhooks.ts'
import { Workers } from './resources/workers.ts'
import { JobStream, type StreamOptions } from './stream.ts'
import { type CallOptions, type ClientOptions, type RequestOptions, Transport } from './transport.ts'

/** The parts of an OpenAPI document that programs read. Schemas are JSON Schemas. */
export interface Contract {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, object>
  components: { schemas: Record<string, object> }
}

/**
 * A client of one service.
 *
 *     const thresher = new Thresher({ url: 'http://127.0.0.1:3000' })
 *     const job = await thresher.jobs.create({ model: { preset: 'mnist-mlp' }, target: { sparsity: 0.95 } })
 *     for await (const frame of thresher.jobs.watch(job.id)) if (frame.type === 'epoch') console.log(frame.data)
 */
export class Thresher {
  readonly jobs: Jobs
  readonly analyses: Analyses
  readonly sweeps: Sweeps
  readonly datasets: Datasets
  readonly models: Models
  readonly workers: Workers
  readonly keys: Keys
  readonly tenants: Tenants
  readonly tickets: Tickets
  readonly usage: Usage
  readonly audit: Audit
  readonly webhooks: Webhooks
  readonly health: Health
  readonly #transport: Transport

  constructor(options: ClientOptions) {
    const transport = new Transport(options)
    this.#transport = transport
    this.jobs = new Jobs(transport)
    this.analyses = new Analyses(transport)
    this.sweeps = new Sweeps(transport)
    this.datasets = new Datasets(transport)
    this.models = new Models(transport)
    this.workers = new Workers(transport)
    this.keys = new Keys(transport)
    this.tenants = new Tenants(transport)
    this.tickets = new Tickets(transport)
    this.usage = new Usage(transport)
    this.audit = new Audit(transport)
    this.webhooks = new Webhooks(transport)
    this.health = new Health(transport)
  }

  /** The service's address, without a slash at the end. */
  get url(): string {
    return this.#transport.url
  }

  /** The contract of the service: an OpenAPI 3.1 document with every route and schema. */
  contract(options: CallOptions = {}): Promise<Contract> {
    return this.#transport.json('/openapi.json', options)
  }

  /** A request to any path of the service, for example `/metrics`. @returns an answer whose body is not read yet. @throws AnswerError, ConnectionError */
  send(path: string, request: RequestOptions = {}): Promise<Response> {
    return this.#transport.send(path, request)
  }

  /** Many jobs on one WebSocket, which is opened with the first job that is watched. Close it at the end. */
  stream(options: StreamOptions = {}): JobStream {
    return new JobStream(this.#transport, options)
  }
}
