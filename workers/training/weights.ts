import * as tf from '@tensorflow/tfjs-core'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { initialWeights } from '#network/initializers.ts'
import type { Network } from '#network/network.ts'
import { elementCount } from '#network/shape.ts'
import type { Variable } from '#network/variable.ts'

/** The initial weights of a job, in model order. */
export function drawWeights({ variables }: Pick<Network, 'variables'>, seed: number): FloatTensor[] {
  const values = initialWeights(variables, seed)
  return variables.map(variable => toWeight(variable, values.get(variable.name)!))
}

/** The initial variables of a job by group: `params`, and `statistics` if the model has any. */
export function drawVariables(network: Network, seed: number): Record<string, FloatTensor[]> {
  const statistics = network.statistics.map(statistic =>
    toWeight(statistic, new Float32Array(elementCount(statistic.shape)).fill(statistic.initialValue)),
  )
  return { params: drawWeights(network, seed), ...(statistics.length > 0 && { statistics }) }
}

/** Copies weights to the device. TensorFlow uses the memory of some arrays instead of a copy, and a training changes its variables in place. */
export function toTensors(weights: readonly FloatTensor[]): tf.NamedTensorMap {
  return Object.fromEntries(
    weights.map(({ name, shape, data }) => [name, tf.tensor(data.slice(), [...shape])]),
  )
}

export function toWeight({ name, shape }: Pick<Variable, 'name' | 'shape'>, data: Float32Array): FloatTensor {
  return { name, shape, dtype: 'F32', data }
}
