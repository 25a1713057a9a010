import { fineTunePhase } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { RemovedChannels } from '#network/channels/remove-channels.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import type { Variable } from '#network/variable.ts'
import { type OptimizerSpec, thresholdOf } from '#optimization/optimizer-spec.ts'
import type { CutPoint } from '#optimization/tradeoff.ts'
import { type Checkpoint, digestWeights, stepsOf, type TrainingState } from './checkpoint.ts'
import type { FloatTensor } from './named-tensor.ts'

/** The result of a training, from which all its files are made. Tensors are in model order. */
export interface TrainedModel {
  spec: TrainingSpec
  topology: Topology
  weights: readonly FloatTensor[]
  /** The statistics of normalizations. */
  statistics: readonly FloatTensor[]
  /** The accumulator v, the threshold and the steps of an optimizer that has them: they determine the weights. */
  dualAverage?: { accumulator: readonly FloatTensor[]; l1: number; step: number }
  /** The number of updates. */
  step: number
  /** How the model was cut after its training. */
  cut?: CutPoint
  /** The channels that were removed from the network of the spec; absent for a model with this network. */
  removed?: readonly RemovedChannels[]
}

/**
 * The model of a checkpoint. The weights are computed from the optimizer's accumulator if the checkpoint does not contain them. @throws
 * Error when their digest differs from that in the checkpoint
 */
export function modelFromCheckpoint(spec: TrainingSpec, checkpoint: Checkpoint): TrainedModel {
  const { state, weights: digest, phase } = checkpoint
  const network = resolveNetwork(topologyOf(spec.model))
  const { params, accumulator } = state.variables
  const { l1 } = state.clock
  const optimizer = phase?.name === 'fineTune' ? fineTunePhase(spec)!.optimizer : spec.optimizer
  const weights =
    accumulator && l1 !== undefined
      ? penalise(optimizer, network.variables, { accumulator: inOrder(accumulator, network.variables), l1 })
      : inOrder(params!, network.variables)
  if (digestWeights(weights) !== digest)
    throw new Error('The weights computed from the checkpoint do not match its digest.')
  return { ...modelFromState(spec, network, state, weights), step: stepsOf(checkpoint) }
}

/** The model of a training state. @param weights if the state does not contain them */
export function modelFromState(
  spec: TrainingSpec,
  network: Network,
  { clock, variables }: TrainingState,
  weights = inOrder(variables.params!, network.variables),
): TrainedModel {
  const { accumulator, statistics = [] } = variables
  const { step, l1 } = clock
  return {
    spec,
    topology: network.topology,
    weights,
    statistics: inOrder(statistics, network.statistics),
    step,
    ...(accumulator &&
      l1 !== undefined && {
        dualAverage: { accumulator: inOrder(accumulator, network.variables), l1, step },
      }),
  }
}

function inOrder(tensors: readonly FloatTensor[], variables: readonly { name: string }[]): FloatTensor[] {
  return variables.map(({ name }) => tensors.find(tensor => tensor.name === name)!)
}

/** w = sign(v) max(|v| - l1, 0), and w = v for excluded variables. */
function penalise(
  optimizer: OptimizerSpec,
  variables: readonly Variable[],
  { accumulator, l1 }: Pick<NonNullable<TrainedModel['dualAverage']>, 'accumulator' | 'l1'>,
): FloatTensor[] {
  const exclude = thresholdOf(optimizer)?.exclude ?? []
  return accumulator.map((v, index) =>
    isExcluded(variables[index]!, exclude) ? v : { ...v, data: softThreshold(v.data, l1) },
  )
}

/** In float32 arithmetic, as on the device: v minus v clipped to the threshold, so that zeros are +0. */
export function softThreshold(values: Float32Array, l1: number): Float32Array {
  const limit = Math.fround(l1)
  return values.map(v => v - Math.min(Math.max(v, -limit), limit))
}
