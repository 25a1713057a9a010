import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Checkpoint } from '#domain/checkpoint.ts'
import type { Failure, WorkerRef } from '#domain/event.ts'
import { type Job, RefusedEvent } from '#domain/job.ts'
import { begin, type Decision, finish, inAttempt, loseAttempt } from '#domain/job-decisions.ts'
import { epochSeries } from '#domain/metric-series.ts'
import type { World } from '#infra/connect.ts'
import type { Admission } from './admission.ts'
import { fetchCheckpoint } from './fetch-checkpoint.ts'
import { fetchUpload } from './fetch-upload.ts'
import { insist } from './insist.ts'
import { keepTrying } from './keep-trying.ts'
import { type RecordedNews, recordNews } from './record-news.ts'
import type { RunnerProcess } from './runner-process.ts'
import type { TrainingTask } from './runner-protocol.ts'
import type { SpareRunner } from './spare-runner.ts'

const LOOK_MS = 5_000
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const TIMED_OUT: Failure = {
  code: 'timed_out',
  message: 'The job ran longer than its maxRuntimeSeconds.',
  retryable: false,
}

/** What a supervisor brings to each of its jobs. */
export interface Supervisor {
  world: World
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

/** Those after which the job goes on some time. */
const KEEPING: ReadonlySet<StopReason> = new Set(['paused', 'shutdown'])

/** Brings one job from the queue to its end, attempt by attempt, or to where the next worker can take it. */
export class JobSupervision {
  readonly #supervisor: Supervisor
  readonly jobId: string
  #attemptNumber: number | undefined
  #runner: RunnerProcess | undefined
  #stopReason: StopReason | undefined

  constructor(supervisor: Supervisor, jobId: string) {
    this.#supervisor = supervisor
    this.jobId = jobId
  }

  /** @returns `requeue` when the job waits for another worker, `putOff` when it waits for one with more memory */
  async run(): Promise<'over' | 'requeue' | 'putOff'> {
    try {
      const refusal = await this.#insist(() => this.#supervisor.admission.refuse(this.jobId))
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

  /** A paused job that was resumed before the queue was told that it is over: the queue took no notice of that. */
  async #isResumed(): Promise<boolean> {
    const job = await this.#supervisor.world.jobs.get(this.jobId).catch(() => undefined)
    return job?.status === 'queued'
  }

  /** Only the first reason counts. */
  stop(reason: StopReason): void {
    this.#stopReason ??= reason
    if (reason === 'superseded') this.#runner?.kill()
    else this.#runner?.stop(KEEPING.has(this.#stopReason))
  }

  /** Looks whether the job is to be cancelled or paused or has gone to another worker. */
  async wake(): Promise<void> {
    const job = await this.#supervisor.world.jobs.get(this.jobId).catch(() => undefined)
    if (!job || !this.#attemptNumber) return
    if (job.attempt !== this.#attemptNumber) this.stop('superseded')
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
    const timer = setTimeout(() => this.stop('timed_out'), Math.min(timeLeftMs, LONGEST_TIMER_MS))
    const runner = runners.take()
    this.#runner = runner
    this.#attemptNumber = job.attempt
    // In case a wake-up was lost, or came before there was anything to wake.
    const looking = setInterval(() => this.wake(), LOOK_MS)
    if (this.#stopReason) this.stop(this.#stopReason)
    try {
      await mkdir(scratch, { recursive: true })
      const conclusion =
        (await this.#relay(job, runner, scratch)) ?? this.#explain(await runner.ended, runner)
      return await this.#append(inAttempt(job.attempt, conclusion))
    } catch (error) {
      if (error instanceof RefusedEvent || this.#stopReason === 'superseded') throw error
      const message = `The job's files could not be kept: ${(error as Error).message}`
      const failed = finish({ type: 'failed', error: { code: 'internal', message, retryable: true } })
      return await this.#append(inAttempt(job.attempt, failed))
    } finally {
      clearTimeout(timer)
      clearInterval(looking)
      runner.kill()
      this.#runner = undefined
      await rm(scratch, { recursive: true, force: true })
    }
  }

  /** Keeps what the runner tells. @returns what follows from its last word, if it came to one */
  async #relay(job: Job, runner: RunnerProcess, scratch: string): Promise<Decision | undefined> {
    const start = await this.#findStart(job, scratch)
    const uploadFile = await fetchUpload(
      this.#supervisor.world.blobs,
      job.spec,
      join(this.#supervisor.scratch, 'datasets'),
    )
    const series = epochSeries(await this.#supervisor.world.events.readAll(job))
    let { checkpoints } = job
    for await (const news of runner.train({
      spec: job.spec,
      scratch,
      datasetsDir: this.#supervisor.datasetsDir,
      uploadFile,
      series,
      ...start,
    })) {
      if (news.type === 'done') return finish({ ...news, type: 'succeeded' })
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
    const record = () => recordNews(this.#supervisor.world, job, news, scratch)
    if (news.type === 'checkpoint' && news.epoch < job.spec.epochs)
      return await record().catch(error => warnOf(job, 'checkpoint_lost', news.name, error))
    const warn = async (error: Error) => {
      await this.#append(inAttempt(job.attempt, warnOf(job, 'storage_failing', 'artifacts', error)))
    }
    return await keepTrying(record, warn, () => this.#stopReason !== undefined)
  }

  async #findStart(job: Job, scratch: string): Promise<Pick<TrainingTask, 'from' | 'init'>> {
    const { warnings, ...start } = await fetchCheckpoint(this.#supervisor.world.blobs, job, scratch)
    const { attempt } = job
    if (warnings.length > 0) {
      const told: Decision = () => warnings.map(data => ({ type: 'warning', attempt, data }))
      await this.#append(inAttempt(attempt, told))
    }
    return start
  }

  async #deleteDropped(before: readonly Checkpoint[], { id, checkpoints, artifacts }: Job): Promise<void> {
    const kept = new Set([...checkpoints, ...artifacts].map(({ sha256 }) => sha256))
    for (const { sha256 } of before) {
      if (!kept.has(sha256)) await this.#supervisor.world.blobs.delete(id, sha256)
    }
  }

  /** What follows from a runner that ended without a last word. */
  #explain(howItEnded: string, { lastWords, memoryFailure, exceededBytes }: RunnerProcess): Decision {
    switch (this.#stopReason) {
      case 'superseded':
        throw new RefusedEvent('the job was given to another worker')
      case 'paused':
      case 'shutdown':
        return loseAttempt('shutdown')
      case 'timed_out':
        return finish({ type: 'failed', error: TIMED_OUT })
      default:
        this.#supervisor.logger.warn({ jobId: this.jobId, howItEnded, lastWords }, 'the runner ended')
        if (memoryFailure) return finish({ type: 'failed', error: memoryFailure, ...peakOf(exceededBytes) })
        return loseAttempt('runner_lost', ` It ended with ${howItEnded}.`)
    }
  }

  #insist<T>(call: () => Promise<T>): Promise<T> {
    return insist(call, () => this.#stopReason === 'superseded')
  }

  async #append(decide: Decision): Promise<Job> {
    const { jobs } = this.#supervisor.world
    const { job, events } = await this.#insist(() => jobs.append(this.jobId, decide))
    for (const { type, attempt } of events) {
      if (type !== 'epoch') this.#supervisor.logger.info({ jobId: job.id, attempt, status: job.status }, type)
    }
    return job
  }
}

function peakOf(peakMemoryBytes: number | undefined) {
  return peakMemoryBytes === undefined ? {} : { peakMemoryBytes }
}

function warnOf({ attempt }: Job, code: string, path: string, { message: cause }: Error): Decision {
  const message = `${path} could not be stored: ${cause}. What was kept before is still there.`
  return () => [{ type: 'warning', attempt, data: { code, path, message } }]
}
