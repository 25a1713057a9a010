import { isExcluded } from '#network/excluded-variables.ts'
import { resolveNetwork } from '#network/network.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import type { FloatTensor } from './named-tensor.ts'
import type { TrainedModel } from './trained-model.ts'

/** A model whose weights can be set to zero by one rule. */
export interface CuttableModel {
  parameters: number
  /** The fewest and the most non-zero weights that the rule can leave. */
  nonzero: { min: number; max: number }
  /**
   * The model with this number of non-zero weights, limited to `nonzero`. Equal weights are kept in model order. A cut by magnitude has no
   * dual average, because none determines its weights.
   */
  cut(nonzero: number): TrainedModel
}

/** The variables that a cut applies to, and the number of non-zero weights of the others. */
export function partsOf({ spec, topology, weights }: Pick<TrainedModel, 'spec' | 'topology' | 'weights'>) {
  const { variables } = resolveNetwork(topology)
  const exclude = thresholdOf(spec.optimizer)?.exclude ?? []
  const isFixed = (_: FloatTensor, index: number) => isExcluded(variables[index]!, exclude)
  const others = weights.filter(isFixed)
  return {
    weights,
    cuttable: weights.filter(weight => !others.includes(weight)),
    fixed: countNonzero(others),
    parameters: weights.reduce((sum, { data }) => sum + data.length, 0),
  }
}

/** |w| of all tensors, ascending. */
export function sortedMagnitudes(tensors: readonly FloatTensor[]): Float32Array {
  const sorted = new Float32Array(tensors.reduce((sum, { data }) => sum + data.length, 0))
  let at = 0
  for (const { data } of tensors) {
    sorted.set(data, at)
    at += data.length
  }
  return sorted.map(Math.abs).sort()
}

export function countNonzero(tensors: readonly FloatTensor[]): number {
  return tensors.reduce((sum, { data }) => sum + nonzeroIn(data), 0)
}

export function nonzeroIn(values: Float32Array): number {
  let count = 0
  for (const value of values) if (value !== 0) count++
  return count
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
