import type { openRuntimeModel } from '#interchange/runtime/open-runtime-model.ts'

const WARM_UP_ROUNDS = 2
const LEAST_ROUNDS = 3
const MOST_ROUNDS = 25
/** The fewest rounds, whatever the limit of time. */
export const FEWEST_ROUNDS = WARM_UP_ROUNDS + LEAST_ROUNDS
/** A single call of a small model takes microseconds, less than the compiler of JavaScript and the clock disturb it. */
const REPEATED_MILLISECONDS = 0.5

export type RuntimeModel = Awaited<ReturnType<typeof openRuntimeModel>>

/** Zeros and ones, which every network accepts: pixels, features, and tokens. */
export function timedExamples(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => index % 2)
}

/**
 * The median times of a prediction in milliseconds, one for each model. They are timed in alternating rounds, so that what else the machine
 * does affects them equally.
 * @param milliseconds for all rounds
 */
export function timeRounds(
  models: readonly RuntimeModel[],
  examples: Float32Array,
  milliseconds: number,
): number[] {
  const times = models.map((): number[] => [])
  const end = performance.now() + milliseconds
  for (let round = -WARM_UP_ROUNDS; round < MOST_ROUNDS; round++) {
    if (round >= LEAST_ROUNDS && performance.now() > end) break
    for (const [index, model] of models.entries()) {
      const time = timeOf(model, examples)
      if (round >= 0) times[index]!.push(time)
    }
  }
  return times.map(medianOf)
}

/** The mean time of as many calls as take REPEATED_MILLISECONDS. */
function timeOf(model: RuntimeModel, examples: Float32Array): number {
  const start = performance.now()
  for (let calls = 1; ; calls++) {
    model.predict(examples)
    const elapsed = performance.now() - start
    if (elapsed >= REPEATED_MILLISECONDS) return elapsed / calls
  }
}

/** To a hundredth of a microsecond. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return Number(median.toFixed(5))
}
