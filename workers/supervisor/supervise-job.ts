import { RefusedEvent } from '#domain/job.ts'
import { begin } from '#domain/job-decisions.ts'
import { Attempt } from './attempt.ts'
import { isHeldElsewhere } from './held-elsewhere.ts'
import { JobHistory } from './job-history.ts'
import { type StopReason, StopRequest } from './stop-request.ts'
import type { Supervisor } from './supervisor.ts'

/** The outcome for a job in the queue: `defer` when it waits for a worker with more memory. */
export type QueueAction = 'remove' | 'requeue' | 'defer'

/** Runs one job from the queue, attempt by attempt, until it is terminal or another worker can take it. */
export class JobSupervision {
  readonly jobId: string
  readonly #supervisor: Supervisor
  readonly #stop = new StopRequest()
  readonly #history: JobHistory
  #attempt: Attempt | undefined

  constructor(supervisor: Supervisor, jobId: string) {
    const { stores, logger } = supervisor
    this.#supervisor = supervisor
    this.jobId = jobId
    this.#history = new JobHistory(stores, jobId, { stop: this.#stop, logger })
  }

  async run(): Promise<QueueAction> {
    try {
      if (await this.#isHeldElsewhere()) return 'remove'
      return (await this.#refuse()) ?? (await this.#runAttempts())
    } catch (error) {
      if (!(error instanceof RefusedEvent) && this.#stop.reason !== 'superseded') throw error
      this.#supervisor.logger.warn({ jobId: this.jobId }, 'another worker has the job now')
      return 'remove'
    }
  }

  /** Only the first reason counts. */
  stop(reason: StopReason): void {
    if (this.#attempt) this.#attempt.stop(reason)
    else this.#stop.make(reason)
  }

  /** Checks whether the job is to be cancelled or paused, or has another worker. */
  async wake(): Promise<void> {
    await this.#attempt?.poll()
  }

  #isHeldElsewhere(): Promise<boolean> {
    const { stores, worker } = this.#supervisor
    const options = { workerId: worker.id, signal: this.#stop.signal }
    return this.#history.retryUntilAnswered(() => isHeldElsewhere(stores, this.jobId, options))
  }

  /** @returns undefined if this worker has enough memory for the job */
  async #refuse(): Promise<QueueAction | undefined> {
    const { admission } = this.#supervisor
    const refusal = await this.#history.retryUntilAnswered(() => admission.refuse(this.jobId))
    if (!refusal) return undefined
    const { status } = await this.#history.append(refusal)
    return status === 'queued' || status === 'restarting' ? 'defer' : 'remove'
  }

  async #runAttempts(): Promise<QueueAction> {
    for (;;) {
      if (this.#stop.reason === 'shutdown') return 'requeue'
      const job = await this.#history.append(begin(this.#supervisor.worker))
      if (job.status !== 'running') return 'remove'
      this.#attempt = new Attempt(this.#supervisor, job, this.#history, this.#stop)
      const { status } = await this.#attempt.run()
      this.#attempt = undefined
      if (status === 'restarting') continue
      return (await this.#isResumed()) ? 'requeue' : 'remove'
    }
  }

  /** Whether the job was paused, resumed and released again before the queue removed it. In that case the queue has ignored its new entry. */
  async #isResumed(): Promise<boolean> {
    const { work, waiting } = this.#supervisor.stores
    const job = await work.get(this.jobId).catch(() => undefined)
    return job?.status === 'queued' && (await waiting.isReleased(this.jobId))
  }
}
