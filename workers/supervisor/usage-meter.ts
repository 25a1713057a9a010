import type { Job } from '#domain/job.ts'
import type { UsageStore } from '#stores/usage-store.ts'
import type { DayTotals } from '#usage/usage-counters.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'
import { ExampleCount } from './count-examples.ts'

/**
 * Measures the running time and the trained examples of an attempt and adds them to the usage of the job's tenant and key. If the supervisor
 * is killed, what was used since the last call of `add` is not counted.
 */
export class UsageMeter {
  readonly #usage: Pick<UsageStore, 'addRunning'>
  readonly #job: Job
  readonly #examples: ExampleCount
  /** What has been added. */
  #countedUntil = performance.now()
  #countedExamples = 0
  #adding: Promise<unknown> = Promise.resolve()
  #next: Promise<DayTotals> | undefined

  constructor(usage: Pick<UsageStore, 'addRunning'>, job: Job) {
    this.#usage = usage
    this.#job = job
    this.#examples = new ExampleCount(job)
  }

  note(report: RunnerReport): void {
    this.#examples.note(report)
  }

  /**
   * Adds what was used since the last call that succeeded. One call at a time: calls during another share the next.
   * @returns the running time of the tenant and of the key on the present UTC day
   */
  add(): Promise<DayTotals> {
    this.#next ??= this.#adding.then(() => {
      this.#next = undefined
      const adding = this.#add()
      this.#adding = adding.catch(() => {})
      return adding
    })
    return this.#next
  }

  async #add(): Promise<DayTotals> {
    const deviceMs = Math.floor(performance.now() - this.#countedUntil)
    const examples = this.#examples.total - this.#countedExamples
    const totals = await this.#usage.addRunning(this.#job, { deviceMs, examples })
    this.#countedUntil += deviceMs
    this.#countedExamples += examples
    return totals
  }
}
