import { resolveNetwork } from './network.ts'
import type { LayerOf, LayerSpec, Topology } from './topology.ts'
import type { Statistic, Variable } from './variable.ts'

export type { Statistic, Variable } from './variable.ts'

/** The trainable variables in model order. */
export function variablesOf(topology: Topology): readonly Variable[] {
  return resolveNetwork(topology).variables
}

export function statisticsOf(topology: Topology): readonly Statistic[] {
  return resolveNetwork(topology).statistics
}

export function parameterCount(topology: Topology): number {
  return variablesOf(topology).reduce((sum, { size }) => sum + size, 0)
}

/** Whether a layer is a normalization whose mean and variance are statistics. */
export function isAdapted(layer: LayerSpec): layer is LayerOf<'normalization'> {
  return layer.type === 'normalization' && layer.mean === undefined
}

/**
 * Whether a layer is a batch normalization with one of gamma and beta. PyTorch's have both or neither, so its optimizers count
 * other parameters.
 */
export function isHalfAffine(layer: LayerSpec): layer is LayerOf<'batchNormalization'> {
  return layer.type === 'batchNormalization' && layer.scale !== layer.center
}
