import type { NamedTensorMap } from '@tensorflow/tfjs-core'
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

/** Copies the parameters off the device. */
export function readWeights(params: NamedTensorMap, variables: readonly Variable[]): Weight[] {
  return variables.map(variable => toWeight(variable, params[variable.name]!.dataSync<'float32'>()))
}

function toWeight({ name, shape }: Variable, data: Float32Array): Weight {
  return { name, shape, dtype: 'F32', data }
}
