import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import { AppError } from '#domain/error.ts'
import type { Failure, Warning, WorkerRef } from '#domain/event.ts'
import { type Job, RefusedEvent } from '#domain/job.ts'
import { begin, type Decision, finish, inAttempt, loseAttempt, warn } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'
import { retry } from '#stores/retry.ts'
import { saysThatJobWaits, storageWarning } from '#workers/runner/storage-warning.ts'
import type { Admission } from './admission.ts'
import { Countdown } from './countdown.ts'
import { isHeldElsewhere } from './held-elsewhere.ts'
import { isFinal } from './is-final.ts'
import { prepareTask } from './prepare-task.ts'
import { type RecordedNews, recordNews } from './record-report.ts'
import type { RunnerProcess } from './runner-process.ts'
import type { SpareRunner } from './spare-runner.ts'

const LOOK_MS = 5_000
const RETRY_MS = 1_000
const TIMED_OUT: Failure = {
  code: 'timed_out',
  message: 'The job ran longer than its maxRuntimeSeconds.',
  retryable: false,
}

/** What a supervisor brings to each of its jobs. */
export interface Supervisor {
  stores: Stores
  worker: WorkerRef
  admission: Admission
  runners: SpareRunner
  /** A folder of its own. */
  scratch: string
  /** Where an operator has put datasets. */
  datasetsDir: string
  logger: Logger
}

/** Why a runner is told to end before it is done; `superseded` when the job is somebody else's now. */
type StopReason = 'cancelled' | 'paused' | 'timed_out' | 'shutdown' | 'superseded'

/** Of a job whose attempt nobody has ended. */
const GOING_ON: ReadonlySet<Job['status']> = new Set(['running', 'pausing', 'cancelling'])

/** Those after which the job goes on some time. */
const KEEPING: ReadonlySet<StopReason> = new Set(['paused', 'shutdown'])

/** Brings one job from the queue to its end, attempt by attempt, or to where the next worker can take it. */
export class JobSupervision {
  readonly #supervisor: Supervisor
  readonly jobId: string
  #attemptNumber: number | undefined
  #runner: RunnerProcess | undefined
  #stopReason: StopReason | undefined
  readonly #stopping = new AbortController()
  #timeLimit: Countdown | undefined
  /** Whether the checkpoint before was lost: each time that storage fails is told once. */
  #isLosing = false

  constructor(supervisor: Supervisor, jobId: string) {
    this.#supervisor = supervisor
    this.jobId = jobId
  }

  /** @returns `requeue` when the job waits for another worker, `putOff` when it waits for one with more memory */
  async run(): Promise<'over' | 'requeue' | 'putOff'> {
    try {
      if (await this.#retryUntilAnswered(() => this.#isHeldElsewhere())) return 'over'
      const refusal = await this.#retryUntilAnswered(() => this.#supervisor.admission.refuse(this.jobId))
      if (refusal) {
        const { status } = await this.#append(refusal)
        return status === 'queued' || status === 'restarting' ? 'putOff' : 'over'
      }
      for (;;) {
        if (this.#stopReason === 'shutdown') return 'requeue'
        const job = await this.#append(begin(this.#supervisor.worker))
        if (job.status !== 'running') return 'over'
        const { status } = await this.#attempt(job)
        if (status === 'restarting') continue
        return (await this.#isResumed()) ? 'requeue' : 'over'
      }
    } catch (error) {
      if (!(error instanceof RefusedEvent) && this.#stopReason !== 'superseded') throw error
      this.#supervisor.logger.warn({ jobId: this.jobId }, 'the job belongs to another worker now')
      return 'over'
    }
  }

  #isHeldElsewhere(): Promise<boolean> {
    const { stores, worker } = this.#supervisor
    return isHeldElsewhere(stores, this.jobId, { workerId: worker.id, signal: this.#stopping.signal })
  }

  /** A paused job that was resumed before the queue was told that it is over: the queue took no notice of that. */
  async #isResumed(): Promise<boolean> {
    const job = await this.#supervisor.stores.jobs.get(this.jobId).catch(() => undefined)
    return job?.status === 'queued'
  }

  /** Only the first reason counts. */
  stop(reason: StopReason): void {
    this.#stopReason ??= reason
    this.#stopping.abort()
    if (reason === 'superseded') this.#runner?.kill()
    else this.#runner?.stop(KEEPING.has(this.#stopReason))
  }

  /** Looks whether the job is to be cancelled or paused or has gone to another worker. */
  async wake(): Promise<void> {
    const job = await this.#supervisor.stores.jobs.get(this.jobId).catch(() => undefined)
    if (!job || !this.#attemptNumber) return
    if (job.attempt !== this.#attemptNumber || !GOING_ON.has(job.status)) this.stop('superseded')
    else this.#heed(job)
  }

  #heed({ status }: Job): void {
    if (status === 'cancelling') this.stop('cancelled')
    if (status === 'pausing') this.stop('paused')
  }

  async #attempt(job: Job): Promise<Job> {
    const { runners, scratch: folder } = this.#supervisor
    const scratch = join(folder, `${job.id}.${job.attempt}`)
    const timeLeftMs = job.spec.maxRuntimeSeconds * 1000 - job.ranMs
    const timeLimit = new Countdown(timeLeftMs, () => this.stop('timed_out'))
    const runner = runners.take()
    this.#runner = runner
    this.#timeLimit = timeLimit
    this.#attemptNumber = job.attempt
    // In case a wake-up was lost, or came before there was anything to wake.
    const looking = setInterval(() => this.wake(), LOOK_MS)
    if (this.#stopReason) this.stop(this.#stopReason)
    try {
      const conclusion =
        (await this.#relay(job, runner, scratch)) ?? this.#explain(await runner.ended, runner)
      return await this.#conclude(job, conclusion)
    } catch (error) {
      if (error instanceof RefusedEvent) throw error
      const message = `The job's files could not be read or stored: ${(error as Error).message}`
      const failed = finish({ type: 'failed', error: { code: 'internal', message, retryable: true } })
      return await this.#conclude(job, this.#explainStop() ?? failed)
    } finally {
      timeLimit.hold()
      clearInterval(looking)
      runner.kill()
      this.#runner = undefined
      await rm(scratch, { recursive: true, force: true })
    }
  }

  /** From then on it is no sign of another worker that the attempt is over. */
  async #conclude({ attempt }: Job, conclusion: Decision): Promise<Job> {
    this.#attemptNumber = undefined
    return await this.#append(inAttempt(attempt, conclusion))
  }

  /** Keeps what the runner tells. @returns what follows from its last word, if it came to one */
  async #relay(job: Job, runner: RunnerProcess, scratch: string): Promise<Decision | undefined> {
    const { stores, scratch: folder, datasetsDir } = this.#supervisor
    const { task, warnings } = await this.#wait(
      () => prepareTask(stores, job, { scratch, folder, datasetsDir }),
      error => storageWarning('scratch', 'What the training starts from could not be fetched', error),
    )
    for (const warning of warnings) await this.#append(inAttempt(job.attempt, warn(warning)))
    let { checkpoints } = job
    for await (const news of runner.train(task)) {
      if (news.type === 'warning' && saysThatJobWaits(news.warning)) this.#timeLimit?.hold()
      else this.#timeLimit?.run()
      if (news.type === 'done') return finish({ type: 'succeeded', ...peakOf(news.peakMemoryBytes, runner) })
      if (news.type === 'failed') return finish(news)
      const decide = await this.#record(job, news, scratch)
      if (!decide) continue
      const after = await this.#append(inAttempt(job.attempt, decide))
      await this.#deleteDropped(checkpoints, after)
      checkpoints = after.checkpoints
      this.#heed(after)
    }
    return undefined
  }

  /** Without a checkpoint a training goes on; the last one and the artifacts are what it is for. */
  async #record(job: Job, news: RecordedNews, scratch: string): Promise<Decision | undefined> {
    const record = () => recordNews(this.#supervisor.stores, job, news, scratch)
    if (news.type !== 'checkpoint' || news.epoch === job.spec.epochs)
      return await this.#wait(record, error => {
        const name = 'name' in news ? news.name : news.type
        return storageWarning(name, `${name} could not be stored`, error)
      })
    try {
      const decision = await record()
      this.#isLosing = false
      return decision
    } catch (error) {
      // It takes up space that others need.
      await rm(join(scratch, news.name), { force: true })
      const isFirst = !this.#isLosing
      this.#isLosing = true
      return isFirst ? warn(lostCheckpoint(news.name, error as Error)) : undefined
    }
  }

  /** Repeats what the job cannot do without until it is done or the job is to stop; its time limit is held meanwhile. */
  async #wait<T>(work: () => Promise<T>, describe: (error: Error) => Warning): Promise<T> {
    const onFirstFailure = async (error: Error) => {
      this.#timeLimit?.hold()
      this.#supervisor.logger.warn({ jobId: this.jobId, err: error }, 'the job waits for storage')
      await this.#append(inAttempt(this.#attemptNumber!, warn(describe(error))))
    }
    const { signal } = this.#stopping
    return await retry(work, { signal, isFinal, onFirstFailure }).finally(() => this.#timeLimit?.run())
  }

  /** What cannot be deleted now is found by the sweep of orphaned blobs. */
  async #deleteDropped(
    before: readonly CheckpointRecord[],
    { id, checkpoints, artifacts }: Job,
  ): Promise<void> {
    const kept = new Set([...checkpoints, ...artifacts].map(({ sha256 }) => sha256))
    for (const { sha256 } of before) {
      if (!kept.has(sha256)) await this.#supervisor.stores.blobs.delete(id, sha256).catch(() => {})
    }
  }

  /** What follows from a runner that ended without a last word. */
  #explain(
    howItEnded: string,
    { stderrTail: lastWords, memoryFailure, exceededBytes }: RunnerProcess,
  ): Decision {
    const wanted = this.#explainStop()
    if (wanted) return wanted
    this.#supervisor.logger.warn({ jobId: this.jobId, howItEnded, lastWords }, 'the runner ended')
    if (memoryFailure) {
      const peak = exceededBytes === undefined ? {} : { peakMemoryBytes: exceededBytes }
      return finish({ type: 'failed', error: memoryFailure, ...peak })
    }
    return loseAttempt('runner_lost', ` It ended with ${howItEnded}.`)
  }

  /** What follows for an attempt that was told to stop, if it was. */
  #explainStop(): Decision | undefined {
    switch (this.#stopReason) {
      case undefined:
        return undefined
      case 'superseded':
        throw new RefusedEvent('the job was given to another worker')
      case 'timed_out':
        return finish({ type: 'failed', error: TIMED_OUT })
      default:
        return loseAttempt('shutdown')
    }
  }

  /** While Redis is away, the training continues and its news waits. */
  #retryUntilAnswered<T>(call: () => Promise<T>): Promise<T> {
    const isSuperseded = () => this.#stopReason === 'superseded'
    const isFinal = (error: Error) =>
      error instanceof RefusedEvent || error instanceof AppError || isSuperseded()
    return retry(call, { isFinal, longestPauseMs: RETRY_MS })
  }

  async #append(decide: Decision): Promise<Job> {
    const { jobs, measurements } = this.#supervisor.stores
    const { job, events } = await this.#retryUntilAnswered(() => jobs.append(this.jobId, decide))
    await measurements.record(job, events)
    for (const { type, attempt } of events) {
      if (type !== 'epoch') this.#supervisor.logger.info({ jobId: job.id, attempt, status: job.status }, type)
    }
    return job
  }
}

/** A job that came to its end fits its worker: a peak between two looks at its memory must not refuse the next one like it. */
function peakOf(bytes: number, { memoryBytes }: RunnerProcess) {
  return { peakMemoryBytes: Math.min(bytes, memoryBytes) }
}

function lostCheckpoint(name: string, { message: cause }: Error): Warning {
  const message = `${name} could not be stored: ${cause}. What was kept before is still there.`
  return { code: 'checkpoint_lost', path: name, message }
}
