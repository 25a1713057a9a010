import { join } from 'node:path'
import { type Job, RefusedEvent } from '#domain/job.ts'
import { type Decision, finish, inAttempt, loseAttempt, pauseUntil, warn } from '#domain/job-decisions.ts'
import { estimateMemory } from '#jobs/memory-estimate.ts'
import { endOfDay } from '#usage/hours.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'
import { isStorageWarning } from '#workers/runner/storage-warning.ts'
import { AttemptStorage } from './attempt-storage.ts'
import { Countdown } from './countdown.ts'
import { secondsUntilExhausted } from './device-budget.ts'
import type { JobHistory } from './job-history.ts'
import type { RunnerProcess } from './runner-process.ts'
import type { StopReason, StopRequest } from './stop-request.ts'
import type { Supervisor } from './supervisor.ts'
import { UsageMeter } from './usage-meter.ts'

const POLL_MS = 5_000

/** The statuses of a job whose current attempt has not ended. */
const IN_ATTEMPT: ReadonlySet<Job['status']> = new Set(['running', 'pausing', 'cancelling'])

/** One attempt at a job, by one runner. */
export class Attempt {
  readonly #supervisor: Supervisor
  readonly #job: Job
  readonly #history: JobHistory
  readonly #stop: StopRequest
  readonly #runner: RunnerProcess
  readonly #timeLimit: Countdown
  readonly #storage: AttemptStorage
  readonly #meter: UsageMeter
  /** Once this is set, an ended attempt does not imply that another worker has the job. */
  #isConcluding = false

  /** @param job the job after the attempt has begun */
  constructor(supervisor: Supervisor, job: Job, history: JobHistory, stop: StopRequest) {
    const { stores, runners, scratch: folder, datasetsDir, logger } = supervisor
    this.#supervisor = supervisor
    this.#job = job
    this.#history = history
    this.#stop = stop
    this.#runner = runners.take(estimateMemory(job.spec))
    this.#meter = new UsageMeter(stores.usage, job)
    const timeLeftMs = job.spec.maxRuntimeSeconds * 1000 - job.ranMs
    this.#timeLimit = new Countdown(timeLeftMs, () => this.stop('timed_out'))
    this.#storage = new AttemptStorage({
      stores,
      job,
      places: { scratch: join(folder, `${job.id}.${job.attempt}`), folder, datasetsDir },
      timeLimit: this.#timeLimit,
      signal: stop.signal,
      append: decide => this.#append(decide),
      logger,
    })
  }

  /** @returns the job after the attempt. @throws RefusedEvent when another worker has the job */
  async run(): Promise<Job> {
    // A wake-up may be lost, or arrive before the attempt has begun.
    const polling = setInterval(() => {
      void this.poll()
      void this.#countUsage()
    }, POLL_MS)
    if (this.#stop.reason) this.stop(this.#stop.reason)
    try {
      return await this.#conclude((await this.#train()) ?? this.#explainEnd(await this.#runner.ended))
    } catch (error) {
      this.#runner.kill()
      if (error instanceof RefusedEvent) throw error
      return await this.#conclude(this.#stop.conclusion ?? storageFailure(error as Error))
    } finally {
      this.#timeLimit.hold()
      clearInterval(polling)
      await this.#countUsage()
      await this.#storage.clear()
      await this.#supervisor.runners.giveBack(this.#runner)
    }
  }

  stop(reason: StopReason): void {
    this.#stop.make(reason)
    if (reason === 'superseded') this.#runner.kill()
    else this.#runner.stop(this.#stop.keepsProgress)
  }

  /**
   * Adds to the usage of the day; what could not be added is part of the next call. A job that exhausts the device seconds of the day
   * pauses at a checkpoint.
   */
  async #countUsage(): Promise<void> {
    const { stores, logger } = this.#supervisor
    try {
      const totals = await this.#meter.add()
      if (this.#isConcluding) return
      const left = await secondsUntilExhausted(stores, this.#job, totals)
      if (left * 1000 >= POLL_MS) return
      if (left > 0) setTimeout(() => void this.#countUsage(), left * 1000).unref()
      else this.#stopIfRequested(await this.#append(pauseUntil(endOfDay(totals.day).toISOString())))
    } catch (err) {
      if (!this.#isConcluding) logger.warn({ err, jobId: this.#job.id }, 'usage could not be counted')
    }
  }

  /** Stops the attempt if the job is to be cancelled or paused, or if another worker has it. */
  async poll(): Promise<void> {
    const job = await this.#supervisor.stores.work.get(this.#job.id).catch(() => undefined)
    if (!job || this.#isConcluding) return
    if (job.attempt !== this.#job.attempt || !IN_ATTEMPT.has(job.status)) this.stop('superseded')
    else this.#stopIfRequested(job)
  }

  #stopIfRequested({ status }: Job): void {
    if (status === 'cancelling') this.stop('cancelled')
    if (status === 'pausing') this.stop('paused')
  }

  /** Stores the runner's reports. @returns the outcome of its last report, if it ended with one */
  async #train(): Promise<Decision | undefined> {
    const { order, warnings } = await this.#storage.prepare()
    for (const warning of warnings) await this.#append(warn(warning))
    let { checkpoints } = this.#job
    for await (const report of this.#runner.perform(order)) {
      this.#holdTimeLimit(report)
      this.#meter.note(report)
      if (report.type === 'done' || report.type === 'analysed') return this.#succeed(report)
      if (report.type === 'failed') return finish(report)
      const decide = await this.#storage.record(report)
      if (!decide) continue
      const job = await this.#append(decide)
      await this.#storage.deleteDropped(checkpoints, job)
      checkpoints = job.checkpoints
      this.#stopIfRequested(job)
    }
    return undefined
  }

  /** The time limit is paused from the runner's warning that it waits for storage until its next report. */
  #holdTimeLimit(report: RunnerReport): void {
    if (report.type === 'warning' && isStorageWarning(report.warning)) this.#timeLimit.hold()
    else this.#timeLimit.run()
  }

  /** A job that succeeded fits its worker: because of a peak between two measurements, the next similar job must not be refused. */
  #succeed(report: Extract<RunnerReport, { type: 'done' | 'analysed' }>): Decision {
    const { type: _, ...outcome } = report
    const peakMemoryBytes = Math.min(report.peakMemoryBytes, this.#runner.memoryBytes)
    return finish({ type: 'succeeded', ...outcome, peakMemoryBytes })
  }

  /** The outcome of a runner that ended without a last report. */
  #explainEnd(howItEnded: string): Decision {
    const stopped = this.#stop.conclusion
    if (stopped) return stopped
    const { stderrTail, memoryFailure, exceededBytes } = this.#runner
    const { logger } = this.#supervisor
    logger.warn({ jobId: this.#job.id, howItEnded, stderrTail }, 'the runner ended unexpectedly')
    if (!memoryFailure) return loseAttempt('runner_lost', ` It ended with ${howItEnded}.`)
    const peak = exceededBytes === undefined ? {} : { peakMemoryBytes: exceededBytes }
    return finish({ type: 'failed', error: memoryFailure, ...peak })
  }

  async #conclude(conclusion: Decision): Promise<Job> {
    this.#isConcluding = true
    // Before the job ends, so that the usage of an ended job is complete.
    await this.#countUsage()
    return await this.#append(conclusion)
  }

  #append(decide: Decision): Promise<Job> {
    return this.#history.append(inAttempt(this.#job.attempt, decide))
  }
}

function storageFailure({ message: cause }: Error): Decision {
  const message = `The job's files could not be read or stored: ${cause}`
  return finish({ type: 'failed', error: { code: 'internal', message, retryable: true } })
}
