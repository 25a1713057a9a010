import { fineTunePhase } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { RemovedChannels } from '#network/channels/remove-channels.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { type Network, resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import { type OptimizerSpec, thresholdOf } from '#optimization/optimizer-spec.ts'
import type { CutPoint } from '#optimization/tradeoff.ts'
import { type Checkpoint, digestWeights, stepsOf, type TrainingState } from './checkpoint.ts'
import type { FloatTensor } from './named-tensor.ts'
import { groupsOf, shrinkChannels } from './shrink-channels.ts'

/** The result of a training, from which all its files are made. Tensors are in model order. */
export interface TrainedModel {
  spec: TrainingSpec
  topology: Topology
  weights: readonly FloatTensor[]
  /** The statistics of normalizations. */
  statistics: readonly FloatTensor[]
  /** The state of an optimizer that determines the weights. */
  dualAverage?: DualAverage
  /** The number of updates. */
  step: number
  /** How the model was cut after its training. */
  cut?: CutPoint
  /** The channels that were removed from the network of the spec; absent for a model with this network. */
  removed?: readonly RemovedChannels[]
}

/** The accumulator v, the threshold and the steps of gRDA. */
interface DualAverage {
  accumulator: readonly FloatTensor[]
  l1: number
  step: number
  /** Of a threshold for whole output channels, the share that it takes from each channel [channels], by the names of the kernels. */
  shrinkage?: readonly FloatTensor[] | undefined
}

/**
 * The model of a checkpoint. The weights are computed from the optimizer's accumulator if the checkpoint does not contain them. @throws
 * Error when their digest differs from that in the checkpoint
 */
export function modelFromCheckpoint(spec: TrainingSpec, checkpoint: Checkpoint): TrainedModel {
  const { state, weights: digest } = checkpoint
  const network = resolveNetwork(topologyOf(spec.model))
  const weights = weightsOf(spec, checkpoint, network)
  if (digestWeights(weights) !== digest)
    throw new Error('The weights computed from the checkpoint do not match its digest.')
  return { ...modelFromState(spec, network, state, weights), step: stepsOf(checkpoint) }
}

/** The weights of a checkpoint, whose digest is not checked. */
export function weightsOf(
  spec: TrainingSpec,
  { state, phase }: Pick<Checkpoint, 'state' | 'phase'>,
  network: Network,
): FloatTensor[] {
  const { params, accumulator, shrinkage } = state.variables
  const { l1 } = state.clock
  if (!accumulator || l1 === undefined) return inOrder(params!, network.variables)
  const optimizer = phase?.name === 'fineTune' ? fineTunePhase(spec)!.optimizer : spec.optimizer
  return penalise(optimizer, network, { accumulator: inOrder(accumulator, network.variables), l1, shrinkage })
}

/** The model of a training state. @param weights if the state does not contain them */
export function modelFromState(
  spec: TrainingSpec,
  network: Network,
  { clock, variables }: TrainingState,
  weights = inOrder(variables.params!, network.variables),
): TrainedModel {
  const { accumulator, shrinkage, statistics = [] } = variables
  const { step, l1 } = clock
  return {
    spec,
    topology: network.topology,
    weights,
    statistics: inOrder(statistics, network.statistics),
    step,
    ...(accumulator &&
      l1 !== undefined && {
        dualAverage: {
          accumulator: inOrder(accumulator, network.variables),
          l1,
          step,
          ...(shrinkage && { shrinkage }),
        },
      }),
  }
}

function inOrder(tensors: readonly FloatTensor[], variables: readonly { name: string }[]): FloatTensor[] {
  return variables.map(({ name }) => tensors.find(tensor => tensor.name === name)!)
}

/** w = v for excluded variables, v less the shrinkage for whole output channels, and sign(v) max(|v| - l1, 0) for the others. */
export function penalise(
  optimizer: OptimizerSpec,
  network: Network,
  { accumulator, l1, shrinkage = [] }: Pick<DualAverage, 'accumulator' | 'l1' | 'shrinkage'>,
): FloatTensor[] {
  const exclude = thresholdOf(optimizer)?.exclude ?? []
  const shares = new Map(shrinkage.map(({ name, data }) => [name, data]))
  const grouped = shrinkChannels(
    groupsOf(optimizer, network),
    accumulator,
    ({ kernel }) => shares.get(kernel)!,
  )
  return accumulator.map((v, index) => {
    if (isExcluded(network.variables[index]!, exclude)) return v
    return grouped.get(v.name) ?? { ...v, data: softThreshold(v.data, l1) }
  })
}

/** In float32 arithmetic, as on the device: v minus v clipped to the threshold, so that zeros are +0. */
export function softThreshold(values: Float32Array, l1: number): Float32Array {
  const limit = Math.fround(l1)
  return values.map(v => v - Math.min(Math.max(v, -limit), limit))
}
