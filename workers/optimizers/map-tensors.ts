import * as tf from '@tensorflow/tfjs-core'

/** The record with `change` applied to each of its tensors. */
export function mapTensors(
  tensors: tf.NamedTensorMap,
  change: (tensor: tf.Tensor, name: string) => tf.Tensor,
): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]))
}

/** The same values in memory of their own, which a clone would share. */
export function copyTensor(tensor: tf.Tensor): tf.Tensor {
  return tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype)
}
