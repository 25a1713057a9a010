import type { EpochSums } from '#formats/checkpoint.ts'
import { expectFinite } from './diverged.ts'
import { type Outcome, readOutcome } from './train-step.ts'

const NOTHING: EpochSums = { loss: 0, correct: 0, examples: 0, seconds: 0 }

/** EpochSums up an epoch's steps and their time, reading outcomes off the device only when asked. */
export class EpochTally {
  readonly #startedAt = performance.now()
  readonly #before: EpochSums
  readonly #pending: { step: number; outcome: Outcome }[] = []
  #loss: number
  #correct: number
  #examples: number

  /** @param before what an earlier attempt at this epoch came to */
  constructor(before: EpochSums = NOTHING) {
    this.#before = before
    this.#loss = before.loss
    this.#correct = before.correct
    this.#examples = before.examples
  }

  /** @param step counted from 1 over the whole job, to name in an error */
  add(step: number, batchSize: number, outcome: Outcome): void {
    this.#pending.push({ step, outcome })
    this.#examples += batchSize
  }

  /** @throws Diverged for the first step whose loss is not finite */
  sums(): EpochSums {
    for (const { step, outcome } of this.#pending.splice(0)) {
      const { lossSum, correct } = readOutcome(outcome)
      expectFinite(lossSum, `step ${step}`)
      this.#loss += lossSum
      this.#correct += correct
    }
    const seconds = this.#before.seconds + (performance.now() - this.#startedAt) / 1000
    return { loss: this.#loss, correct: this.#correct, examples: this.#examples, seconds }
  }

  /** Means over the examples so far, and their rate. @throws Diverged as `sums` does */
  read(): { loss: number; accuracy: number; examplesPerSecond: number; seconds: number } {
    const { loss, correct, examples, seconds } = this.sums()
    return {
      loss: loss / examples,
      accuracy: correct / examples,
      examplesPerSecond: examples / seconds,
      seconds,
    }
  }
}
