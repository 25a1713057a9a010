import { factsOf } from '#domain/dataset.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { shareWithin } from '#network/initializers.ts'
import type { Topology } from '#network/topology.ts'
import { parameterCount, variablesOf } from '#network/variables.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { isConstantBetween, scheduleFactor } from '#optimization/schedule-spec.ts'
import { growThreshold, INITIAL_THRESHOLD, type ThresholdState } from '#optimization/threshold.ts'
import { estimateMemory } from './memory-estimate.ts'

const BYTES_PER_FLOAT = 4
const PLANNED_EPOCHS = 1000
const PLANNED_STEPS = 2_000_000
const SLICE_STEPS = 10_000

/** The learning rate and the threshold at the end of an epoch, and the resulting sparsity of the initial weights. */
export interface PlannedEpoch {
  epoch: number
  learningRate: number
  threshold?: number
  /** Expected share of the parameters whose initial value is within the threshold. Accurate in early epochs, too low later. */
  forecastSparsity?: number
}

export interface Plan {
  parameters: number
  trainingExamples: number
  stepsPerEpoch: number
  /** Expected peak memory of the training process. */
  memoryBytes: number
  denseBytes: number
  /** Size of model.sparse.safetensors at the sparsity forecast for epoch 1. */
  forecastArtifactBytes: number
  /** At most the first 1,000 epochs. */
  epochs: PlannedEpoch[]
}

/** The facts and forecasts of a job that need no training. */
export function planJob(spec: TrainingSpec): Plan {
  const slices = planSlices(spec)
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
  }
}

/** Computes the plan in slices of a few milliseconds, between which the process can do other work. */
export function* planSlices(spec: TrainingSpec): Generator<void, Plan, void> {
  const topology = topologyOf(spec.model)
  const parameters = parameterCount(topology)
  const { trainingExamples, stepsPerEpoch } = epochLength(spec)
  const epochs = yield* planEpochs(spec, stepsPerEpoch)
  const denseBytes = parameters * BYTES_PER_FLOAT
  const nonzero = parameters * (1 - (epochs[0]?.forecastSparsity ?? 0))
  return {
    parameters,
    trainingExamples,
    stepsPerEpoch,
    memoryBytes: estimateMemory(spec),
    denseBytes,
    forecastArtifactBytes: Math.round(Math.min(denseBytes, nonzero * BYTES_PER_FLOAT + parameters / 8)),
    epochs,
  }
}

/** The number of training examples without those that `validation.fraction` holds out, and of their batches. */
export function epochLength({ dataset, validation, batchSize }: TrainingSpec) {
  const { train } = factsOf(dataset)!.splits
  const trainingExamples = 'fraction' in validation ? train - Math.round(train * validation.fraction) : train
  return { trainingExamples, stepsPerEpoch: Math.ceil(trainingExamples / batchSize) }
}

function* planEpochs(spec: TrainingSpec, stepsPerEpoch: number): Generator<void, PlannedEpoch[], void> {
  const { optimizer, schedule, init } = spec
  const threshold = thresholdOf(optimizer)
  const sparsityAt =
    threshold && !init ? initialSparsity(topologyOf(spec.model), threshold.exclude) : undefined
  const planned: PlannedEpoch[] = []
  let state: ThresholdState = INITIAL_THRESHOLD
  if (init?.optimizerState) state = { ...state, ...init.clock } as ThresholdState
  let budget = PLANNED_STEPS
  for (let epoch = 1; epoch <= Math.min(spec.epochs, PLANNED_EPOCHS) && budget > 0; epoch++) {
    const first = (epoch - 1) * stepsPerEpoch + 1
    const last = epoch * stepsPerEpoch
    const at = (step: number) => ({ step, epochs: spec.epochs, stepsPerEpoch })
    const rateAt = (step: number) => optimizer.learningRate * scheduleFactor(schedule, at(step))
    const stride = isConstantBetween(schedule, at(first), at(last)) ? stepsPerEpoch : 1
    if (threshold) {
      for (let step = first; step <= last; step += stride) {
        state = growThreshold(state, rateAt(step), threshold, stride)
        if (step % SLICE_STEPS === 0) yield
      }
      budget -= stepsPerEpoch / stride
    }
    planned.push({
      epoch,
      learningRate: rateAt(last),
      ...(threshold && { threshold: state.l1 }),
      ...(sparsityAt && { forecastSparsity: sparsityAt(state.l1) }),
    })
    yield
  }
  return planned
}

/**
 * P(|w_init| <= l1) over all parameters, as a function of l1: the share that the threshold prunes if no gradient moves a weight.
 * An excluded variable counts where it starts at zero.
 */
function initialSparsity(topology: Topology, exclude: readonly string[]): (l1: number) => number {
  const variables = variablesOf(topology)
  const parameters = parameterCount(topology)
  return l1 =>
    variables.reduce((sum, variable) => {
      const limit = isExcluded(variable, exclude) ? 0 : l1
      return sum + variable.size * shareWithin(variable, limit)
    }, 0) / parameters
}
