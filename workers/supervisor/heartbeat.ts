import type { WorkerStatus } from '#domain/worker.ts'
import type { WorkerRegistry } from '#stores/worker-registry.ts'

const BEAT_MS = 5_000

/** Says again and again that this supervisor lives, and at which job. */
export class Heartbeat {
  readonly #workers: WorkerRegistry
  #status: WorkerStatus
  #timer: NodeJS.Timeout | undefined

  constructor(workers: WorkerRegistry, status: WorkerStatus) {
    this.#workers = workers
    this.#status = status
  }

  async start(): Promise<void> {
    await this.#workers.beat(this.#status)
    this.#timer = setInterval(() => this.#beat(), BEAT_MS)
  }

  /** @param jobId the job it is at from now on, if any */
  async setJob(jobId?: string): Promise<void> {
    const { jobId: _, ...status } = this.#status
    this.#status = jobId === undefined ? status : { ...status, jobId }
    await this.#beat()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#workers.leave(this.#status.id)
  }

  /** A beat that is lost while Redis is away is made up by the next. */
  async #beat(): Promise<void> {
    await this.#workers.beat(this.#status).catch(() => {})
  }
}
