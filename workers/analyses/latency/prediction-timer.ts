import { cpus } from 'node:os'
import type { TrainedModel } from '#formats/trained-model.ts'
import { openRuntimeModel } from '#interchange/runtime/open-runtime-model.ts'
import { elementCount } from '#network/shape.ts'
import type { Latency, TimedOn, Timing } from '#optimization/latency.ts'

/** For all rounds of the model itself, so that a job ends less than a second later. */
const MODEL_MILLISECONDS = 400
const BATCH_SIZES = [1, 32]
const WARM_UP_ROUNDS = 2
const LEAST_ROUNDS = 3
const MOST_ROUNDS = 25
/** A single call of a small model takes microseconds, less than the compiler of JavaScript and the clock disturb it. */
const REPEATED_MILLISECONDS = 0.5

type RuntimeModel = Awaited<ReturnType<typeof openRuntimeModel>>

/**
 * Times the predictions of models of one network on one thread, dense beside sparse. Both are timed in alternating rounds, so that what else
 * the machine does affects them equally.
 */
export class PredictionTimer {
  readonly timedOn: TimedOn
  readonly #dense: RuntimeModel
  readonly #batches: readonly { size: number; examples: Float32Array }[]

  private constructor(dense: RuntimeModel, example: number) {
    this.timedOn = { processor: cpus()[0]?.model ?? 'unknown', backend: dense.backend, threads: 1 }
    this.#dense = dense
    this.#batches = BATCH_SIZES.map(size => ({ size, examples: examplesOf(size * example) }))
  }

  /** @param model any model of the network. @returns undefined if the runtime cannot compute it: a job must not fail because of that */
  static async open(model: TrainedModel): Promise<PredictionTimer | undefined> {
    const dense = await openRuntimeModel(model, 'dense').catch(() => undefined)
    return dense && new PredictionTimer(dense, elementCount(model.topology.inputShape))
  }

  /** The times of a model, and where they were measured. */
  async latencyOf(model: TrainedModel): Promise<Latency> {
    return { ...this.timedOn, timings: await this.time(model, MODEL_MILLISECONDS) }
  }

  /**
   * @param milliseconds for all rounds. A batch size is left out if its rounds would take longer
   * @returns at least the time of a batch of one
   */
  async time(model: TrainedModel, milliseconds: number): Promise<Timing[]> {
    const sparse = await openRuntimeModel(model, 'auto')
    const share = milliseconds / this.#batches.length
    const timings: Timing[] = []
    for (const { size, examples } of this.#batches) {
      const [first] = timings
      const expected = first ? size * (first.denseMilliseconds + first.sparseMilliseconds) : 0
      if (expected * (WARM_UP_ROUNDS + LEAST_ROUNDS) > share) break
      timings.push({ batchSize: size, ...this.#timeRounds(sparse, examples, share) })
    }
    sparse.dispose()
    return timings
  }

  end(): void {
    this.#dense.dispose()
  }

  #timeRounds(
    sparseModel: RuntimeModel,
    examples: Float32Array,
    milliseconds: number,
  ): Omit<Timing, 'batchSize'> {
    const [dense, sparse]: [number[], number[]] = [[], []]
    const end = performance.now() + milliseconds
    for (let round = -WARM_UP_ROUNDS; round < MOST_ROUNDS; round++) {
      if (round >= LEAST_ROUNDS && performance.now() > end) break
      const times = [timeOf(this.#dense, examples), timeOf(sparseModel, examples)]
      if (round < 0) continue
      dense.push(times[0]!)
      sparse.push(times[1]!)
    }
    return { denseMilliseconds: medianOf(dense), sparseMilliseconds: medianOf(sparse) }
  }
}

/** Zeros and ones, which every network accepts: pixels, features, and tokens. */
function examplesOf(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => index % 2)
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
