import type { WorkerStatus } from '#stores/worker-record.ts'
import type { WorkerRegistry } from '#stores/worker-registry.ts'

const BEAT_MS = 5_000

/** Renews this supervisor's lease and reports its current job. */
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

  /** @param jobId its job from now on, if any */
  async setJob(jobId?: string): Promise<void> {
    const { jobId: _, ...status } = this.#status
    this.#status = jobId === undefined ? status : { ...status, jobId }
    await this.#beat()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#workers.leave(this.#status.id)
  }

  /** If a beat is lost while Redis does not answer, the next one replaces it. */
  async #beat(): Promise<void> {
    await this.#workers.beat(this.#status).catch(() => {})
  }
}
