import * as tf from '@tensorflow/tfjs-core'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { initialWeights } from '#network/initializers.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { statisticsOf, type Variable, variablesOf } from '#network/variables.ts'

/** The initial weights of a job, in model order. */
export function drawWeights(topology: Topology, seed: number): FloatTensor[] {
  const values = initialWeights(topology, seed)
  return variablesOf(topology).map(variable => toWeight(variable, values.get(variable.name)!))
}

/** The initial variables of a job by group: `params`, and `statistics` if the model has any. */
export function drawVariables(topology: Topology, seed: number): Record<string, FloatTensor[]> {
  const statistics = statisticsOf(topology).map(statistic =>
    toWeight(statistic, new Float32Array(elementCount(statistic.shape)).fill(statistic.initialValue)),
  )
  return { params: drawWeights(topology, seed), ...(statistics.length > 0 && { statistics }) }
}

/** Copies weights to the device. */
export function toTensors(weights: readonly FloatTensor[]): tf.NamedTensorMap {
  return Object.fromEntries(weights.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]))
}

export function toWeight({ name, shape }: Pick<Variable, 'name' | 'shape'>, data: Float32Array): FloatTensor {
  return { name, shape, dtype: 'F32', data }
}
