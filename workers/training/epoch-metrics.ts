import { fineTunePhase, totalEpochs } from '#domain/phases.ts'
import type { EpochInProgress, EpochSums } from '#formats/checkpoint.ts'
import { modelMetadata } from '#formats/model-metadata.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { groupsOf } from '#formats/shrink-channels.ts'
import { sparseSizeBytes } from '#formats/sparse-safetensors.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { addTo, evaluate, type Means, meansOf } from './means.ts'
import { measureWeights } from './metrics.ts'
import type { TrainingRun } from './prepare.ts'
import type { StepOutcome } from './step.ts'
import type { TrainState } from './train-state.ts'

const BYTES_PER_FLOAT = 4

/** The state of a training after the last step of an epoch. */
interface EpochEnd {
  epoch: number
  state: TrainState
  tally: EpochTally
  weights: readonly FloatTensor[]
  /** Where the weights were zero after the epoch before; absent after the first epoch. */
  zerosBefore: readonly NamedTensor[] | undefined
  /** The layers whose products left out zeros in this epoch. */
  skipping: ReadonlySet<string>
}

/** Measures the model at the end of an epoch, including on the validation split. @throws Diverged when a loss is NaN or infinite */
export async function describeEpoch(run: TrainingRun, end: EpochEnd): Promise<EpochMetrics> {
  const { step, l1, steering } = end.state.clock
  const { phase, epochsBefore, stepsBefore } = run.place
  const isOnlyPhase = !fineTunePhase(run.spec)
  const trained = end.tally.means()
  const validation = await evaluate(batch => end.state.evaluate(batch), run.validationBatches())
  expectFinite(validation.loss, `the validation of epoch ${end.epoch}`)
  return {
    epoch: end.epoch,
    epochs: phase.name === 'train' ? totalEpochs(run.spec) : epochsBefore + phase.epochs,
    step: stepsBefore + step,
    ...(!isOnlyPhase && { phase: phase.name }),
    learningRate: run.learningRate(step),
    ...(steering && { c: steering.c }),
    ...(l1 !== undefined && { threshold: l1 }),
    trainLoss: trained.loss,
    ...nameMetrics('train', trained),
    ...validationScores(validation),
    ...measureWeights(
      end.weights,
      run.network.variables,
      end.zerosBefore,
      end.skipping,
      groupsOf(run.spec.optimizer, run.network),
    ),
    examplesPerSecond: trained.examplesPerSecond,
    seconds: trained.seconds,
    sparseBytes: sparseSizeBytes(
      [...end.weights, ...end.state.readStatistics()],
      modelMetadata({ spec: run.spec }),
    ),
    denseBytes: BYTES_PER_FLOAT * end.weights.reduce((sum, { data }) => sum + data.length, 0),
  }
}

const METRIC_WORDS: Readonly<Record<string, string>> = {
  correct: 'Accuracy',
  top5: 'Top5Accuracy',
  absoluteError: 'MeanAbsoluteError',
}

/** The loss and the metrics of the validation split. */
export function validationScores(means: Means): ValidationScores {
  return { validationLoss: means.loss, ...nameMetrics('validation', means) }
}

type ValidationScores = Pick<
  EpochMetrics,
  'validationLoss' | 'validationAccuracy' | 'validationTop5Accuracy' | 'validationMeanAbsoluteError'
>

/** The metrics under their names in the epoch's metrics, such as `validationAccuracy`. */
function nameMetrics(split: 'train' | 'validation', { metrics }: Means): Partial<EpochMetrics> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, mean]) => [`${split}${METRIC_WORDS[name]}`, mean]),
  )
}

const NOTHING: EpochSums = { loss: 0, examples: 0, seconds: 0, metrics: {} }

/** Sums the outcomes of an epoch's steps and their time. It reads outcomes that are still on the device only when it needs them. */
export class EpochTally {
  readonly #startedAt = performance.now()
  readonly #state: Pick<TrainState, 'readOutcomes' | 'clock'>
  /** Steps of the phase before this epoch. */
  readonly #stepsBefore: number
  /** Steps of the job before the phase. */
  readonly #stepsBeforePhase: number
  readonly #secondsBefore: number
  #loss: number
  readonly #metrics: Record<string, number>
  #examples: number

  /** @param before the sums of an earlier attempt at this epoch, up to the batch that `state` continues from */
  constructor(
    state: Pick<TrainState, 'readOutcomes' | 'clock'>,
    { step, sums }: Pick<EpochInProgress, 'step' | 'sums'> = { step: 0, sums: NOTHING },
    stepsBeforePhase = 0,
  ) {
    this.#state = state
    this.#stepsBeforePhase = stepsBeforePhase
    this.#stepsBefore = state.clock.step - step
    this.#secondsBefore = sums.seconds
    this.#loss = sums.loss
    this.#metrics = { ...sums.metrics }
    this.#examples = sums.examples
  }

  /** The number of steps, and thus of batches, in this epoch so far. */
  get step(): number {
    return this.#state.clock.step - this.#stepsBefore
  }

  /** @throws Diverged at the first step whose loss is not finite */
  add(outcomes: readonly StepOutcome[]): void {
    for (const { step, examples, sums } of outcomes) {
      const { lossSum, ...metrics } = sums
      expectFinite(lossSum, `step ${this.#stepsBeforePhase + step}`)
      this.#loss += lossSum
      addTo(this.#metrics, metrics)
      this.#examples += examples
    }
  }

  /** @throws Diverged as `add` does */
  sums(): EpochSums {
    this.add(this.#state.readOutcomes())
    const seconds = this.#secondsBefore + (performance.now() - this.#startedAt) / 1000
    return { loss: this.#loss, metrics: { ...this.#metrics }, examples: this.#examples, seconds }
  }

  /** Means over the examples so far, and the examples per second. @throws Diverged as `add` does */
  means(): Means & { examplesPerSecond: number; seconds: number } {
    const { loss, metrics, examples, seconds } = this.sums()
    return { ...meansOf(loss, metrics, examples), examplesPerSecond: examples / seconds, seconds }
  }
}

/** A loss became NaN or infinite, so training cannot continue. */
export class Diverged extends Error {
  override readonly name = 'Diverged'
}

function expectFinite(loss: number, where: string): void {
  if (!Number.isFinite(loss)) throw new Diverged(`The loss became ${loss} in ${where}.`)
}

/**
 * The same error, extended by the names of the variables that are not finite. The values are those after the step that diverged or, on a
 * GPU, after the few further steps until its outcome was read.
 */
export function nameNonFinite({ message }: Diverged, weights: readonly FloatTensor[]): Diverged {
  const names = nonFiniteVariables(weights)
  if (names.length === 0) return new Diverged(`${message} All weights are finite.`)
  return new Diverged(`${message} No longer finite: ${names.join(', ')}.`)
}

function nonFiniteVariables(weights: readonly FloatTensor[]): string[] {
  return weights.filter(({ data }) => !data.every(Number.isFinite)).map(({ name }) => name)
}
