import type { EpochSums } from '#formats/checkpoint.ts'
import { expectFinite } from './diverged.ts'
import { type Outcome, readOutcome } from './train-step.ts'

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

/** EpochSums up an epoch's steps and their time, reading outcomes off the device only when asked. */
export class EpochTally {
  readonly #startedAt = performance.now()
  readonly #before: EpochSums
  readonly #pending: { step: number; outcome: Outcome }[] = []
  #loss: number
  readonly #metrics: Record<string, number>
  #examples: number

  /** @param before what an earlier attempt at this epoch came to */
  constructor(before: EpochSums = NOTHING) {
    this.#before = before
    this.#loss = before.loss
    this.#metrics = { ...before.metrics }
    this.#examples = before.examples
  }

  /** @param step the first of the outcome's, counted from 1 over the whole job, to name in an error */
  add(step: number, examples: number, outcome: Outcome): void {
    this.#pending.push({ step, outcome })
    this.#examples += examples
  }

  /** @throws Diverged for the first step whose loss is not finite */
  sums(): EpochSums {
    for (const { step, outcome } of this.#pending.splice(0)) {
      for (const [index, { lossSum, ...metrics }] of readOutcome(outcome).entries()) {
        expectFinite(lossSum, `step ${step + index}`)
        this.#loss += lossSum
        addTo(this.#metrics, metrics)
      }
    }
    const seconds = this.#before.seconds + (performance.now() - this.#startedAt) / 1000
    return { loss: this.#loss, metrics: { ...this.#metrics }, examples: this.#examples, seconds }
  }

  /** Means over the examples so far, and their rate. @throws Diverged as `sums` does */
  read(): Means & { examplesPerSecond: number; seconds: number } {
    const { loss, metrics, examples, seconds } = this.sums()
    return {
      ...meansOf(loss, metrics, examples),
      examplesPerSecond: examples / seconds,
      seconds,
    }
  }
}
