import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'

/** The record with `change` applied to each of its tensors. */
export function mapTensors(
  tensors: NamedTensorMap,
  change: (tensor: Tensor, name: string) => Tensor,
): NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))
}

/** The tensors whose names `isWanted` accepts. */
export function pickTensors(tensors: NamedTensorMap, isWanted: (name: string) => boolean): NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => isWanted(name)))
}
