import type { Logger } from 'pino'
import { AppError } from '#domain/error.ts'
import { type Job, RefusedEvent } from '#domain/job.ts'
import type { Decision } from '#domain/job-decisions.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { retry } from '#stores/retry.ts'
import type { StopRequest } from './stop-request.ts'

const LONGEST_PAUSE_MS = 1_000

/** The history of a supervised job. While Redis does not answer, the training continues and its events wait here. */
export class JobHistory {
  readonly #stores: Pick<ServiceStores, 'work' | 'measurements'>
  readonly #jobId: string
  readonly #stop: StopRequest
  readonly #logger: Logger

  constructor(
    stores: Pick<ServiceStores, 'work' | 'measurements'>,
    jobId: string,
    { stop, logger }: { stop: StopRequest; logger: Logger },
  ) {
    this.#stores = stores
    this.#jobId = jobId
    this.#stop = stop
    this.#logger = logger
  }

  /** @throws RefusedEvent, AppError as the job store's `append` does */
  async append(decide: Decision): Promise<Job> {
    const { work, measurements } = this.#stores
    const { job, events } = await this.retryUntilAnswered(() => work.append(this.#jobId, decide))
    await measurements.record(job, events)
    for (const { type, attempt } of events) {
      if (type !== 'epoch') this.#logger.info({ jobId: job.id, attempt, status: job.status }, type)
    }
    return job
  }

  /** Repeats a call to Redis until it is answered, or another worker has the job. */
  retryUntilAnswered<T>(call: () => Promise<T>): Promise<T> {
    const isFinal = (error: Error) =>
      error instanceof RefusedEvent || error instanceof AppError || this.#stop.reason === 'superseded'
    return retry(call, { isFinal, longestPauseMs: LONGEST_PAUSE_MS })
  }
}
