import type { ConnectivityOptions } from '#analyses/connectivity.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { randomStream } from '#network/random.ts'
import { combine, type Point } from '#workers/analyses/surface/vectors.ts'
import type { Splits } from '#workers/data/examples.ts'
import { bezier } from '#workers/optimizers/bezier.ts'
import { EpochTally } from '#workers/training/epoch-metrics.ts'
import { prepareRun, type TrainingRun } from '#workers/training/prepare.ts'
import type { TrainState } from '#workers/training/train-state.ts'

/** The bend of a curve after a number of updates, with the statistics of its batch normalizations. */
export interface Bend {
  step: number
  weights: Point
  statistics: readonly FloatTensor[]
}

/** In the middle between both models, before the first update. */
export function straightBend([first, last]: readonly [TrainedModel, TrainedModel]): Bend {
  return { step: 0, weights: combine([first.weights, last.weights], [0.5, 0.5]), statistics: last.statistics }
}

/** A run whose steps are the updates of the bend: as the last job was trained, but with SGD, one phase and its own epochs. */
export function curveRun(
  spec: TrainingSpec,
  splits: Splits,
  { epochs, learningRate }: ConnectivityOptions,
  signal: AbortSignal,
): TrainingRun {
  const { target: _, finish: __, init: ___, mask: ____, earlyStopping: _____, ...rest } = spec
  const optimizer = { name: 'sgd', learningRate, momentum: 0, nesterov: false } as const
  const positionOf = (step: number) => randomStream(spec.seed, 'curve', step).next()
  return prepareRun({ ...rest, optimizer, epochs }, splits, signal, {
    optimizer: rate => bezier(positionOf, rate),
  })
}

/**
 * Trains the bend of the curve between two models, from `start` on, and yields it after every few updates; `read` copies it off the device.
 * The last one yielded is the result. @throws Diverged when a loss is NaN or infinite
 */
export async function* trainBend(
  run: TrainingRun,
  [first, last]: readonly [TrainedModel, TrainedModel],
  start: Bend,
): AsyncGenerator<{ step: number; read(): Bend }, void, undefined> {
  const { stepsPerEpoch, spec } = run
  const state = run.begin({
    clock: { step: start.step },
    variables: {
      bend: start.weights,
      first: first.weights,
      last: last.weights,
      ...(start.statistics.length > 0 && { statistics: start.statistics }),
    },
  })
  try {
    for (let epoch = Math.floor(start.step / stepsPerEpoch); epoch < spec.epochs; epoch++) {
      const skip = Math.max(0, start.step - epoch * stepsPerEpoch)
      const tally = new EpochTally(state)
      for await (const batch of run.trainingBatches(epoch + 1, skip)) {
        tally.add(state.step(batch))
        yield { step: state.clock.step, read: () => readBend(state) }
      }
      tally.sums()
    }
  } finally {
    state.end()
  }
}

function readBend(state: TrainState): Bend {
  const { clock, variables } = state.readState()
  return { step: clock.step, weights: variables.bend!, statistics: variables.statistics ?? [] }
}
