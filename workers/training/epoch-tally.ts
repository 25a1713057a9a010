import type { EpochSums } from '#formats/checkpoint.ts'
import { expectFinite } from './diverged.ts'
import type { StepOutcome } from './outcomes.ts'
import type { Training } from './train-state.ts'

const NOTHING: EpochSums = { loss: 0, examples: 0, seconds: 0, metrics: {} }

/** Over examples. */
export interface Means {
  loss: number
  /** By name: `correct`, `top5`, `absoluteError`. */
  metrics: Readonly<Record<string, number>>
}

export function meansOf(loss: number, sums: Readonly<Record<string, number>>, examples: number): Means {
  const means = Object.entries(sums).map(([name, sum]) => [name, sum / examples])
  return { loss: loss / examples, metrics: Object.fromEntries(means) }
}

export function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value
}

/** Sums up an epoch's steps and their time, reading what is still on the device only when asked. */
export class EpochTally {
  readonly #startedAt = performance.now()
  readonly #training: Pick<Training, 'readOutcomes'>
  readonly #before: EpochSums
  #loss: number
  readonly #metrics: Record<string, number>
  #examples: number

  /** @param before what an earlier attempt at this epoch came to */
  constructor(training: Pick<Training, 'readOutcomes'>, before: EpochSums = NOTHING) {
    this.#training = training
    this.#before = before
    this.#loss = before.loss
    this.#metrics = { ...before.metrics }
    this.#examples = before.examples
  }

  /** @throws Diverged for the first step whose loss is not finite */
  add(outcomes: readonly StepOutcome[]): void {
    for (const { step, examples, sums } of outcomes) {
      const { lossSum, ...metrics } = sums
      expectFinite(lossSum, `step ${step}`)
      this.#loss += lossSum
      addTo(this.#metrics, metrics)
      this.#examples += examples
    }
  }

  /** @throws Diverged as `add` does */
  sums(): EpochSums {
    this.add(this.#training.readOutcomes())
    const seconds = this.#before.seconds + (performance.now() - this.#startedAt) / 1000
    return { loss: this.#loss, metrics: { ...this.#metrics }, examples: this.#examples, seconds }
  }

  /** Means over the examples so far, and their rate. @throws Diverged as `add` does */
  read(): Means & { examplesPerSecond: number; seconds: number } {
    const { loss, metrics, examples, seconds } = this.sums()
    return {
      ...meansOf(loss, metrics, examples),
      examplesPerSecond: examples / seconds,
      seconds,
    }
  }
}
