import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, digestWeights } from '#formats/checkpoint.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { Splits } from '#workers/data/examples.ts'
import { Diverged, nameCulprits } from './diverged.ts'
import { describeEpoch } from './epoch-metrics.ts'
import { EpochTally } from './epoch-tally.ts'
import { zerosOf } from './measure-weights.ts'
import { type InitialState, prepareRun, type TrainingRun } from './prepare.ts'
import type { Training } from './train-state.ts'

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
  weights: readonly FloatTensor[]
}

/** A place to go on from. */
export interface CheckpointTaken {
  type: 'checkpoint'
  checkpoint: Checkpoint
}

/** Where a training begins: a checkpoint of its own, or nothing but what another has learned. */
export type Start = Pick<Checkpoint, 'partial'> &
  Partial<Pick<Checkpoint, 'weights' | 'epoch'>> & { state: InitialState }

/** Why a training is to end early. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  /** Whether it is to be left at a checkpoint. */
  readonly keep: boolean

  constructor(keep: boolean) {
    super('The training was interrupted.')
    this.keep = keep
  }
}

/**
 * Trains a model as the spec says and tells what happens, computing whenever the next news is asked for. The same spec
 * gives the same bits on the same engine with as many threads, however often it was left at a checkpoint.
 *
 * @param signal ends the training, its reason being the error: for an Interruption, after a last checkpoint
 * @param readEvery as a training's shape has it; of no effect on what comes out
 * @throws Diverged when a loss is NaN or infinite
 */
export async function* train(
  spec: TrainingSpec,
  splits: Splits,
  signal: AbortSignal,
  from?: Start,
  readEvery?: number,
): AsyncGenerator<Progress | Epoch | CheckpointTaken, void, undefined> {
  const run = prepareRun(spec, splits, signal, readEvery)
  const training = run.begin(from?.state)
  if (from?.weights !== undefined) expectWeights(training, from.weights)
  let partial = from?.partial
  let zerosBefore = partial ? partial.zerosBefore : from && zerosOf(training.readWeights())
  try {
    for (let epoch = (from?.epoch ?? 0) + 1; epoch <= spec.epochs; epoch++) {
      const tally = new EpochTally(training, partial?.sums)
      const place = { epoch, step: partial?.step ?? 0 }
      try {
        yield* takeSteps(run, training, tally, place)
        const weights = training.readWeights()
        const metrics = await describeEpoch(run, { epoch, training, tally, weights, zerosBefore })
        yield { type: 'epoch', metrics, weights }
        if (epoch % spec.checkpoint.everyEpochs === 0 || epoch === spec.epochs)
          yield leave(training, { epoch })
        zerosBefore = zerosOf(weights)
        partial = undefined
      } catch (error) {
        if (error instanceof Interruption && error.keep) {
          const { step } = place
          const unfinished = { step, sums: tally.sums(), ...(zerosBefore && { zerosBefore }) }
          yield leave(training, { epoch: epoch - 1, partial: unfinished })
        }
        throw error instanceof Diverged ? nameCulprits(error, training.readWeights()) : error
      }
    }
  } finally {
    training.end()
  }
}

/** The rest of an epoch. @param place moves on with the steps, so that it is known where an error left them */
async function* takeSteps(
  { stepsPerEpoch, trainingBatches }: TrainingRun,
  training: Training,
  tally: EpochTally,
  place: { epoch: number; step: number },
): AsyncGenerator<Progress, void, undefined> {
  let toldAt = Number.NEGATIVE_INFINITY
  for await (const batch of trainingBatches(place.epoch, place.step)) {
    const before = training.clock.step
    tally.add(training.step(batch))
    place.step += training.clock.step - before
    if (performance.now() - toldAt < PROGRESS_INTERVAL_MS) continue
    toldAt = performance.now()
    const { loss, examplesPerSecond } = tally.read()
    yield { type: 'progress', ...place, stepsPerEpoch, loss, examplesPerSecond }
  }
}

function leave(training: Training, place: Pick<Checkpoint, 'epoch' | 'partial'>): CheckpointTaken {
  const weights = digestWeights(training.readWeights())
  return { type: 'checkpoint', checkpoint: { state: training.readState(), weights, ...place } }
}

function expectWeights(training: Training, digest: string): void {
  if (digestWeights(training.readWeights()) === digest) return
  throw new Error('The weights that follow from the checkpoint are not those that it was made of.')
}
