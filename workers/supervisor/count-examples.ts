import type { Job } from '#domain/job.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'

/** Counts the examples that an attempt trains, from the reports of its runner. */
export class ExampleCount {
  readonly #batchSize: number
  /** Steps over the whole job. */
  #step: number
  #total = 0

  constructor({ spec, checkpoints }: Pick<Job, 'spec' | 'checkpoints'>) {
    this.#batchSize = spec.batchSize
    this.#step = checkpoints.at(-1)?.step ?? 0
  }

  /** The examples that the attempt has trained until the last report. */
  get total(): number {
    return this.#total
  }

  note(report: RunnerReport): void {
    const step = Math.max(this.#step, stepOf(report) ?? 0)
    this.#total += (step - this.#step) * this.#batchSize
    this.#step = step
    if (report.type === 'epoch') this.#total -= missingExamples(report.metrics, this.#batchSize)
  }
}

/** The steps over the whole job until a report. */
function stepOf(report: RunnerReport): number | undefined {
  // The measurement of a trade-off trains nothing.
  if (report.type === 'progress' && report.tradeoff) return undefined
  if (report.type === 'progress') return (report.epoch - 1) * report.stepsPerEpoch + report.step
  if (report.type === 'epoch') return report.metrics.step
  return report.type === 'checkpoint' ? report.step : undefined
}

/** The examples by which the last batch of an epoch is smaller than the others. */
function missingExamples(
  { epoch, step, examplesPerSecond, seconds }: Extract<RunnerReport, { type: 'epoch' }>['metrics'],
  batchSize: number,
): number {
  const stepsPerEpoch = step / epoch
  return stepsPerEpoch * batchSize - Math.round(examplesPerSecond * seconds)
}
