import { Jobs } from './jobs.ts'
import { type ClientOptions, Transport } from './transport.ts'

/**
 * A client of one service.
 *
 *     const thresher = new Thresher({ url: 'http://127.0.0.1:3000' })
 *     const job = await thresher.jobs.create({ model: { preset: 'mnist-mlp' }, target: { sparsity: 0.95 } })
 *     for await (const frame of thresher.jobs.watch(job.id)) if (frame.type === 'epoch') console.log(frame.data)
 */
export class Thresher {
  readonly jobs: Jobs

  constructor(options: ClientOptions) {
    const transport = new Transport(options)
    this.jobs = new Jobs(transport)
  }
}
