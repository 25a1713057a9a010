import { type Outcome, readOutcome } from './train-step.ts'

/** A loss became NaN or infinite: there is nothing left to train. */
export class Diverged extends Error {
  override readonly name = 'Diverged'
}

export function expectFinite(loss: number, where: string): void {
  if (!Number.isFinite(loss)) throw new Diverged(`The loss became ${loss} in ${where}.`)
}

/** Sums up an epoch's steps and their time, reading outcomes off the device only when asked. */
export class EpochTally {
  readonly #startedAt = performance.now()
  readonly #pending: { step: number; outcome: Outcome }[] = []
  #lossSum = 0
  #correct = 0
  #examples = 0

  /** @param step counted from 1 over the whole job, to name in an error */
  add(step: number, batchSize: number, outcome: Outcome): void {
    this.#pending.push({ step, outcome })
    this.#examples += batchSize
  }

  /** Means over the examples so far, and their rate. @throws Diverged for the first step whose loss is not finite */
  read(): { loss: number; accuracy: number; examplesPerSecond: number } {
    for (const { step, outcome } of this.#pending.splice(0)) {
      const { lossSum, correct } = readOutcome(outcome)
      expectFinite(lossSum, `step ${step}`)
      this.#lossSum += lossSum
      this.#correct += correct
    }
    return {
      loss: this.#lossSum / this.#examples,
      accuracy: this.#correct / this.#examples,
      examplesPerSecond: this.#examples / this.seconds(),
    }
  }

  /** Since the epoch began. */
  seconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }
}
