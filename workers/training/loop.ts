import { restoresBest } from '#domain/early-stopping.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EpochInProgress } from '#formats/checkpoint.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { type BestEpoch, bestEpoch, betterEpoch } from '#interchange/report/best-epoch.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Splits } from '#workers/data/examples.ts'
import { beginCut } from './begin-cut.ts'
import { type CheckpointTaken, expectWeights, type Start, takeCheckpoint } from './checkpoint.ts'
import { type Ending, endsAfter } from './ends-after.ts'
import { Diverged, describeEpoch, EpochTally, nameNonFinite } from './epoch-metrics.ts'
import { zerosOf } from './metrics.ts'
import { checkpointPhase, PRUNED, placeOf } from './phase-place.ts'
import { prepareRun, type TrainingRun } from './prepare.ts'
import { zeroSkippingFor } from './skip-zeros.ts'
import { steer } from './steer.ts'
import { throttle } from './throttle.ts'
import type { TrainState } from './train-state.ts'

const PROGRESS_INTERVAL_MS = 250
/** The roles of a checkpoint within an epoch. It is no model, because no epoch has ended there. */
const UNFINISHED = { isBest: false, isModel: false, isLast: false }

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
 * Trains one phase of a job, that of `from` or else the first, and yields progress, epochs and checkpoints. It computes only while the consumer waits for the next value. The
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
  const place = placeOf(spec, from?.phase)
  const run = prepareRun(spec, splits, signal, { place, readEvery })
  const ending = endingOf(run)
  const state = run.begin(from?.state)
  try {
    if (from?.weights !== undefined) expectWeights(state, from.weights)
    if (!state.clock.steering) steer(run, state)
    let partial = from?.partial
    const zerosBefore = partial ? partial.zerosBefore : from && zerosOf(state.readWeights())
    let before: EpochBefore = { zerosBefore, bestBefore: bestEpoch(from?.series ?? [], ending) }
    for (let epoch = from?.epoch ?? 0; !endsAfter(ending, epoch, before.bestBefore); epoch++) {
      before = yield* trainEpoch(run, state, { epoch: epoch + 1, partial, ...before })
      partial = undefined
    }
  } finally {
    state.end()
  }
}

/** The last epoch of the phase, and what may end it sooner. */
function endingOf({ spec, place }: TrainingRun): Ending {
  const { phase, epochsBefore } = place
  const { earlyStopping } = spec
  return {
    epochs: epochsBefore + phase.epochs,
    ...(phase.name === 'train' && earlyStopping && { earlyStopping }),
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
  { partial, ...start }: EpochStart,
): AsyncGenerator<Progress | Epoch | CheckpointTaken, EpochBefore, undefined> {
  const { epoch, zerosBefore } = start
  const tally = new EpochTally(state, partial, run.place.stepsBefore)
  const isProgressDue = throttle(PROGRESS_INTERVAL_MS)
  state.skipZeros(zeroSkippingFor(run, zerosBefore))
  try {
    for await (const batch of run.trainingBatches(epoch, tally.step)) {
      tally.add(state.step(batch))
      if (isProgressDue()) yield describeProgress(run, epoch, tally)
    }
    return yield* endEpoch(run, state, { tally, ...start })
  } catch (error) {
    if (error instanceof Interruption && error.keep) {
      const { step } = tally
      const unfinished = { step, sums: tally.sums(), ...(zerosBefore && { zerosBefore }) }
      const phase = checkpointPhase(run.place)
      yield takeCheckpoint(
        state,
        { epoch: epoch - 1, ...(phase && { phase }), partial: unfinished },
        UNFINISHED,
      )
    }
    throw error instanceof Diverged ? nameNonFinite(error, state.readWeights()) : error
  }
}

/** Cuts the weights if the phase ends with a cut, measures them, and prepares the next epoch. */
async function* endEpoch(
  run: TrainingRun,
  trained: TrainState,
  { epoch, tally, zerosBefore, bestBefore }: Omit<EpochStart, 'partial'> & { tally: EpochTally },
): AsyncGenerator<Epoch | CheckpointTaken, EpochBefore, undefined> {
  const { spec, place } = run
  const ending = endingOf(run)
  const cut = epoch === ending.epochs ? await beginCut(run, trained) : undefined
  const state = cut ?? trained
  try {
    const weights = state.readWeights()
    const { skipping } = trained
    const metrics = await describeEpoch(run, { epoch, state, tally, weights, zerosBefore, skipping })
    yield { type: 'epoch', metrics, weights }
    const best = ending.earlyStopping && betterEpoch(bestBefore, metrics, ending.earlyStopping)
    const isLast = endsAfter(ending, epoch, best)
    const isBest = restoresBest(spec) && (place.phase.name === 'train' ? best?.epoch === epoch : isLast)
    const isModel = isBest || !restoresBest(spec)
    if (!isLast) steer(run, state)
    if (epoch % spec.checkpoint.everyEpochs === 0 || isBest || isLast) {
      const phase = cut ? PRUNED : checkpointPhase(place)
      yield takeCheckpoint(state, { epoch, ...(phase && { phase }) }, { isBest, isModel, isLast })
    }
    return { zerosBefore: zerosOf(weights), bestBefore: best }
  } finally {
    cut?.end()
  }
}

function describeProgress({ stepsPerEpoch }: TrainingRun, epoch: number, tally: EpochTally): Progress {
  const { loss, examplesPerSecond } = tally.means()
  return { type: 'progress', epoch, step: tally.step, stepsPerEpoch, loss, examplesPerSecond }
}
