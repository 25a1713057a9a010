import type * as tf from '@tensorflow/tfjs-core'
import { DATA_TYPES } from '#workers/engine/native/attributes.ts'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import type { AttributeValue, Node } from './saved-model.ts'

export function shapeValue(shape: readonly number[]): AttributeValue {
  return { shape: { dim: shape.map(size => ({ size })) } }
}

/** The tensor's type in TensorFlow, which has more types than tfjs. */
export function dtypeValue(tensor: tf.Tensor): { type: number } {
  const backend = nativeBackend()
  return { type: backend.tensorMap.get(tensor.dataId).dtype }
}

export function constantNode(name: string, tensor: tf.Tensor): Node {
  const { buffer, byteOffset, byteLength } = tensor.dataSync()
  const dtype = dtypeValue(tensor)
  const value = {
    dtype: dtype.type,
    tensor_shape: shapeValue(tensor.shape).shape,
    tensor_content: new Uint8Array(buffer, byteOffset, byteLength),
  }
  return { name, op: 'Const', input: [], attr: { dtype, value: { tensor: value } } }
}

export function placeholderNode(name: string, like: tf.Tensor): Node {
  const attr = { dtype: dtypeValue(like), shape: shapeValue(like.shape) }
  return { name, op: 'Placeholder', input: [], attr }
}

/** A node to fetch when only order matters: it waits for all of `after`. */
export function barrierNode(name: string, after: readonly string[]): Node {
  const value = {
    dtype: DATA_TYPES.int32,
    tensor_shape: { dim: [] },
    tensor_content: new Uint8Array(4),
  }
  return {
    name,
    op: 'Const',
    input: after.map(node => `^${node}`),
    attr: { dtype: { type: value.dtype }, value: { tensor: value } },
  }
}
