import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { isExcluded } from '#network/excluded-variables.ts'
import { resolveNetwork } from '#network/network.ts'
import type { Topology } from '#network/topology.ts'
import type { Variable } from '#network/variable.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import type { CutPoint } from '#optimization/tradeoff.ts'
import { type Checkpoint, digestWeights } from './checkpoint.ts'
import type { FloatTensor } from './named-tensor.ts'

/** The result of a training, from which all its files are made. Tensors are in model order. */
export interface TrainedModel {
  spec: TrainingSpec
  topology: Topology
  weights: readonly FloatTensor[]
  /** The statistics of normalizations. */
  statistics: readonly FloatTensor[]
  /** The accumulator v and the threshold of an optimizer that has them: they determine the weights. */
  dualAverage?: { accumulator: readonly FloatTensor[]; l1: number }
  /** The number of updates. */
  step: number
  /** How the model was cut after its training. */
  cut?: CutPoint
}

/**
 * The model of a checkpoint. The weights are computed from the optimizer's accumulator if the checkpoint does not contain them. @throws
 * Error when their digest differs from that in the checkpoint
 */
export function modelFromCheckpoint(
  spec: TrainingSpec,
  { state, weights: digest }: Checkpoint,
): TrainedModel {
  const network = resolveNetwork(topologyOf(spec.model))
  const { params, accumulator, statistics = [] } = state.variables
  const inOrder = (tensors: readonly FloatTensor[], variables: readonly { name: string }[]) =>
    variables.map(({ name }) => tensors.find(tensor => tensor.name === name)!)
  const { step, l1 } = state.clock
  const dualAverage =
    accumulator && l1 !== undefined ? { accumulator: inOrder(accumulator, network.variables), l1 } : undefined
  const weights = dualAverage
    ? penalise(spec, network.variables, dualAverage)
    : inOrder(params!, network.variables)
  if (digestWeights(weights) !== digest)
    throw new Error('The weights computed from the checkpoint do not match its digest.')
  return {
    spec,
    topology: network.topology,
    weights,
    statistics: inOrder(statistics, network.statistics),
    step,
    ...(dualAverage && { dualAverage }),
  }
}

/** w = sign(v) max(|v| - l1, 0), and w = v for excluded variables. */
function penalise(
  { optimizer }: TrainingSpec,
  variables: readonly Variable[],
  { accumulator, l1 }: NonNullable<TrainedModel['dualAverage']>,
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
