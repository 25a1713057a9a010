import * as tf from '@tensorflow/tfjs-core'
import { initialWeights } from '#domain/initializers.ts'
import type { Topology } from '#domain/model-spec.ts'
import { type Variable, variablesOf } from '#domain/shape.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'

/** A variable's values on the host. */
export type Weight = NamedTensor & { dtype: 'F32' }

/** What a job starts from, in model order. */
export function drawWeights(topology: Topology, seed: number): Weight[] {
  const values = initialWeights(topology, seed)
  return variablesOf(topology).map(variable => toWeight(variable, values.get(variable.name)!))
}

/** Copies them to the device. */
export function toTensors(weights: readonly Weight[]): tf.NamedTensorMap {
  return Object.fromEntries(weights.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]))
}

export function toWeight({ name, shape }: Pick<Variable, 'name' | 'shape'>, data: Float32Array): Weight {
  return { name, shape, dtype: 'F32', data }
}
