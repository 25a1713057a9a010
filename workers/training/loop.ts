import { restoresBest } from '#domain/early-stopping.ts'
import type { EpochMetrics } from '#domain/event.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EpochInProgress } from '#formats/checkpoint.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { type BestEpoch, bestEpoch, betterEpoch } from '#interchange/report/best-epoch.ts'
import type { Splits } from '#workers/data/examples.ts'
import { type CheckpointTaken, expectWeights, type Start, takeCheckpoint } from './checkpoint.ts'
import { endsAfter } from './ends-after.ts'
import { Diverged, describeEpoch, EpochTally, nameNonFinite } from './epoch-metrics.ts'
import { zerosOf } from './metrics.ts'
import { prepareRun, type TrainingRun } from './prepare.ts'
import { throttle } from './throttle.ts'
import type { TrainState } from './train-state.ts'

const PROGRESS_INTERVAL_MS = 250

/** Progress within an epoch. */
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

/** An epoch is complete. */
export interface Epoch {
  type: 'epoch'
  metrics: EpochMetrics
  /** After the last step, in model order. */
  weights: readonly FloatTensor[]
}

/** Ends a training early. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  /** Whether to take a checkpoint first. */
  readonly keep: boolean

  constructor(keep: boolean) {
    super('The training was interrupted.')
    this.keep = keep
  }
}

/**
 * Trains the model of a spec and yields progress, epochs and checkpoints. It computes only while the consumer waits for the next value. The
 * same spec gives the same bits on the same engine with the same number of threads, regardless of interruptions.
 * @param signal ends the training with the signal's reason as the error; an Interruption may ask for a last checkpoint
 * @param readEvery see `TrainStateOptions`; it does not affect the result
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
  const state = run.begin(from?.state)
  try {
    if (from?.weights !== undefined) expectWeights(state, from.weights)
    let partial = from?.partial
    const zerosBefore = partial ? partial.zerosBefore : from && zerosOf(state.readWeights())
    let before: EpochBefore = { zerosBefore, bestBefore: bestEpoch(from?.series ?? [], spec) }
    for (let epoch = from?.epoch ?? 0; !endsAfter(spec, epoch, before.bestBefore); epoch++) {
      before = yield* trainEpoch(run, state, { epoch: epoch + 1, partial, ...before })
      partial = undefined
    }
  } finally {
    state.end()
  }
}

/** The epoch before, if there was one. */
interface EpochBefore {
  /** Where the weights were zero after it. */
  zerosBefore: readonly NamedTensor[] | undefined
  /** The best epoch up to it, for early stopping. */
  bestBefore: BestEpoch | undefined
}

/** Where an epoch starts. */
interface EpochStart extends EpochBefore {
  epoch: number
  /** The part of the epoch that an earlier attempt has trained. */
  partial: EpochInProgress | undefined
}

/** Folds the batches of an epoch into the state, then measures it. */
async function* trainEpoch(
  run: TrainingRun,
  state: TrainState,
  { epoch, partial, zerosBefore, bestBefore }: EpochStart,
): AsyncGenerator<Progress | Epoch | CheckpointTaken, EpochBefore, undefined> {
  const { checkpoint, earlyStopping } = run.spec
  const tally = new EpochTally(state, partial)
  const isProgressDue = throttle(PROGRESS_INTERVAL_MS)
  try {
    for await (const batch of run.trainingBatches(epoch, tally.step)) {
      tally.add(state.step(batch))
      if (isProgressDue()) yield describeProgress(run, epoch, tally)
    }
    const weights = state.readWeights()
    const metrics = await describeEpoch(run, { epoch, state, tally, weights, zerosBefore })
    yield { type: 'epoch', metrics, weights }
    const best = earlyStopping && betterEpoch(bestBefore, metrics, earlyStopping)
    const isBest = restoresBest(run.spec) && best?.epoch === epoch
    const isLast = endsAfter(run.spec, epoch, best)
    if (epoch % checkpoint.everyEpochs === 0 || isBest || isLast)
      yield takeCheckpoint(state, { epoch }, { isBest, isLast })
    return { zerosBefore: zerosOf(weights), bestBefore: best }
  } catch (error) {
    if (error instanceof Interruption && error.keep) {
      const { step } = tally
      const unfinished = { step, sums: tally.sums(), ...(zerosBefore && { zerosBefore }) }
      yield takeCheckpoint(state, { epoch: epoch - 1, partial: unfinished })
    }
    throw error instanceof Diverged ? nameNonFinite(error, state.readWeights()) : error
  }
}

function describeProgress({ stepsPerEpoch }: TrainingRun, epoch: number, tally: EpochTally): Progress {
  const { loss, examplesPerSecond } = tally.means()
  return { type: 'progress', epoch, step: tally.step, stepsPerEpoch, loss, examplesPerSecond }
}
