import { cpus } from 'node:os'
import type { StructureTimes } from '#analyses/structure.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { openRuntimeModel } from '#interchange/runtime/open-runtime-model.ts'
import { elementCount } from '#network/shape.ts'
import {
  FEWEST_ROUNDS,
  type RuntimeModel,
  timedExamples,
  timeRounds,
} from '#workers/analyses/latency/time-rounds.ts'

const BATCH_SIZES = [1, 32]
/** For all rounds of a batch size. */
const MILLISECONDS = 2000

/** Times the predictions of a model and of the smaller one; undefined if the runtime cannot compute the network. */
export async function structureTimes(
  whole: TrainedModel,
  compact: TrainedModel,
): Promise<StructureTimes | undefined> {
  const models: RuntimeModel[] = []
  try {
    for (const kernels of ['dense', 'auto'] as const)
      for (const model of [whole, compact]) models.push(await openRuntimeModel(model, kernels))
  } catch {
    // The analysis has a result nevertheless.
    for (const model of models) model.dispose()
    return undefined
  }
  const { backend } = models[0]!
  const timings = timingsOf(models, elementCount(whole.topology.inputShape))
  for (const model of models) model.dispose()
  return { processor: cpus()[0]?.model ?? 'unknown', backend, threads: 1, timings }
}

/** A batch size is left out if its rounds would take longer than the limit. */
function timingsOf(models: readonly RuntimeModel[], example: number): StructureTimes['timings'] {
  const timings: StructureTimes['timings'] = []
  let expected = 0
  for (const batchSize of BATCH_SIZES) {
    if (expected * batchSize * FEWEST_ROUNDS > MILLISECONDS) break
    const times = timeRounds(models, timedExamples(batchSize * example), MILLISECONDS)
    const [denseMilliseconds, compactMilliseconds, sparseMilliseconds, compactSparseMilliseconds] = times as [
      number,
      number,
      number,
      number,
    ]
    timings.push({
      batchSize,
      denseMilliseconds,
      compactMilliseconds,
      sparseMilliseconds,
      compactSparseMilliseconds,
    })
    expected = times.reduce((sum, time) => sum + time, 0) / batchSize
  }
  return timings
}
