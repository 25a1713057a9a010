import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { type Decision, warn } from '#domain/job-decisions.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { retry } from '#stores/retry.ts'
import type { TaskOrder } from '#workers/runner/runner-protocol.ts'
import { storageWarning } from '#workers/runner/storage-warning.ts'
import type { Countdown } from './countdown.ts'
import { isFinal } from './is-final.ts'
import { prepareTask } from './prepare-task.ts'
import { type RecordedReport, recordReport } from './record-report.ts'

/** The properties of an attempt that its storage needs. */
export interface StoredAttempt {
  stores: ServiceStores
  job: Job
  places: { scratch: string; folder: string; datasetsDir: string }
  /** Stopped while the job waits for storage. */
  timeLimit: Countdown
  /** Ends the wait for storage. */
  signal: AbortSignal
  append: (decide: Decision) => Promise<Job>
  logger: Logger
}

/**
 * Reads the files that an attempt starts from and stores those that its runner reports. Waits for storage if the job cannot continue
 * without it.
 */
export class AttemptStorage {
  readonly #attempt: StoredAttempt
  /** Whether the last checkpoint was lost. If several are lost in a row, only the first adds a warning. */
  #isLosingCheckpoints = false

  constructor(attempt: StoredAttempt) {
    this.#attempt = attempt
  }

  /** The runner's task, and a warning for each checkpoint that could not be used. */
  prepare(): Promise<{ order: TaskOrder; warnings: Warning[] }> {
    const { stores, job, places } = this.#attempt
    return this.#waitForStorage(
      () => prepareTask(stores, job, places),
      error =>
        storageWarning('scratch', 'The files that the training starts from could not be fetched', error),
    )
  }

  /**
   * ServiceStores what a report contains. The last checkpoint, the best one and the artifacts are the result of the job; without any other
   * checkpoint the training continues.
   * @returns what the job's history records of it
   */
  async record(report: RecordedReport): Promise<Decision | undefined> {
    const { stores, job, places } = this.#attempt
    const record = () => recordReport(stores, job, report, places.scratch)
    if (report.type !== 'checkpoint' || report.isBest || report.isLast) {
      const name = 'name' in report ? report.name : report.type
      return await this.#waitForStorage(record, error =>
        storageWarning(name, `${name} could not be stored`, error),
      )
    }
    try {
      const decision = await record()
      this.#isLosingCheckpoints = false
      return decision
    } catch (error) {
      // The file would use space that other files need.
      await rm(join(places.scratch, report.name), { force: true })
      const isFirst = !this.#isLosingCheckpoints
      this.#isLosingCheckpoints = true
      return isFirst ? warn(lostCheckpoint(report.name, error as Error)) : undefined
    }
  }

  /** Deletes the files of checkpoints that the job no longer keeps. A failure is ignored, because orphan blobs are deleted later. */
  async deleteDropped(
    before: readonly CheckpointRecord[],
    { id, checkpoints, artifacts }: Job,
  ): Promise<void> {
    const kept = new Set([...checkpoints, ...artifacts].map(({ sha256 }) => sha256))
    for (const { sha256 } of before) {
      if (!kept.has(sha256)) await this.#attempt.stores.blobs.delete(id, sha256).catch(() => {})
    }
  }

  /** Deletes the attempt's scratch folder. */
  async clear(): Promise<void> {
    await rm(this.#attempt.places.scratch, { recursive: true, force: true })
  }

  /** Repeats work until it succeeds or the job is stopped. The time limit is paused meanwhile. */
  async #waitForStorage<T>(work: () => Promise<T>, describe: (error: Error) => Warning): Promise<T> {
    const { job, timeLimit, signal, append, logger } = this.#attempt
    const onFirstFailure = async (err: Error) => {
      timeLimit.hold()
      logger.warn({ jobId: job.id, err }, 'the job waits for storage')
      await append(warn(describe(err)))
    }
    return await retry(work, { signal, isFinal, onFirstFailure }).finally(() => timeLimit.run())
  }
}

function lostCheckpoint(name: string, { message: cause }: Error): Warning {
  const message = `${name} could not be stored: ${cause}. Earlier checkpoints are still stored.`
  return { code: 'checkpoint_lost', path: name, message }
}
