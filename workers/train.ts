import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { describeEpoch } from './describe-epoch.ts'
import { EpochTally } from './epoch-tally.ts'
import { prepareRun, type Splits } from './training-run.ts'
import type { Weight } from './weights.ts'

const PROGRESS_INTERVAL_MS = 250

/** How far an epoch is. */
export interface Progress {
  type: 'progress'
  epoch: number
  /** Within the epoch, from 1. */
  step: number
  stepsPerEpoch: number
  /** Mean over the epoch so far. */
  loss: number
  examplesPerSecond: number
}

/** An epoch that is over. */
export interface Epoch {
  type: 'epoch'
  metrics: EpochMetrics
  /** As its last step left them, in model order. */
  weights: readonly Weight[]
}

/**
 * Trains a model as the spec says and tells what happens, computing whenever the next news is asked for. The same spec
 * gives the same bits on the same engine with as many threads.
 *
 * @param signal ends the training, its reason being the error
 * @throws Diverged when a loss is NaN or infinite
 */
export async function* train(
  spec: TrainingSpec,
  splits: Splits,
  signal: AbortSignal,
): AsyncGenerator<Progress | Epoch, void, undefined> {
  const run = prepareRun(spec, splits, signal)
  const { stepsPerEpoch } = run
  const training = run.begin()
  let weightsBefore: readonly Weight[] | undefined
  try {
    for (let epoch = 1; epoch <= spec.epochs; epoch++) {
      const tally = new EpochTally()
      let toldAt = performance.now()
      let step = 0
      for await (const batch of run.trainingBatches(epoch)) {
        const outcome = training.step(batch)
        tally.add(training.clock.step, batch.size, outcome)
        step++
        if (performance.now() - toldAt < PROGRESS_INTERVAL_MS) continue
        toldAt = performance.now()
        const { loss, examplesPerSecond } = tally.read()
        yield { type: 'progress', epoch, step, stepsPerEpoch, loss, examplesPerSecond }
      }
      const weights = training.readWeights()
      const metrics = await describeEpoch(run, { epoch, training, tally, weights, weightsBefore })
      yield { type: 'epoch', metrics, weights }
      weightsBefore = weights
    }
  } finally {
    training.end()
  }
}
