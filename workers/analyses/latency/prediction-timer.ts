import { cpus } from 'node:os'
import type { TrainedModel } from '#formats/trained-model.ts'
import { openRuntimeModel } from '#interchange/runtime/open-runtime-model.ts'
import { elementCount } from '#network/shape.ts'
import type { Latency, TimedOn, Timing } from '#optimization/latency.ts'
import { FEWEST_ROUNDS, type RuntimeModel, timedExamples, timeRounds } from './time-rounds.ts'

/** For all rounds of the model itself, so that a job ends less than a second later. */
const MODEL_MILLISECONDS = 400
const BATCH_SIZES = [1, 32]

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
    this.#batches = BATCH_SIZES.map(size => ({ size, examples: timedExamples(size * example) }))
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
      if (expected * FEWEST_ROUNDS > share) break
      const [denseMilliseconds, sparseMilliseconds] = timeRounds([this.#dense, sparse], examples, share)
      timings.push({
        batchSize: size,
        denseMilliseconds: denseMilliseconds!,
        sparseMilliseconds: sparseMilliseconds!,
      })
    }
    sparse.dispose()
    return timings
  }

  end(): void {
    this.#dense.dispose()
  }
}
