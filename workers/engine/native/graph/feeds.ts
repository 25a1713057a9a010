import * as tf from '@tensorflow/tfjs-core'
import { DATA_TYPES, typeAttribute } from '#workers/engine/native/attributes.ts'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import { constantNode, dtypeValue, placeholderNode } from './nodes.ts'
import type { Node } from './saved-model.ts'

// tfjs-node copies every tensor except int32 ones to the GPU when it is created, but a session takes its feeds from the host. Such a
// tensor would be copied back first, after all work in the GPU's queue. Therefore calls are fed int32 tensors that have the bits
// of the intended ones.

/** The nodes of a feed: the first is the placeholder, the last has the shape and dtype of `like`. */
export function feedNodes(name: string, like: tf.Tensor): Node[] {
  const bytes = bytesOfElement(like)
  if (bytes === undefined) return [placeholderNode(name, like)]
  const int32 = { type: DATA_TYPES.int32 }
  const dtype = dtypeValue(like)
  const shape = constantNode(`${name}/shape`, tf.tensor1d(like.shape, 'int32'))
  const elements = `${name}/elements`
  return [
    placeholderNode(name, tf.zeros([(like.size * bytes) / BYTES], 'int32')),
    shape,
    { name: elements, op: 'Bitcast', input: [name], attr: { T: int32, type: dtype } },
    {
      name: `${name}/value`,
      op: 'Reshape',
      input: [elements, shape.name],
      attr: { T: dtype, Tshape: int32 },
    },
  ]
}

/** The tensor to feed in place of `tensor`: itself, or a new one. */
export function toFeed(tensor: tf.Tensor): tf.Tensor {
  const bytes = bytesOfElement(tensor)
  if (bytes === undefined) return tensor
  const { values } = nativeBackend().tensorMap.get(tensor.dataId)
  if (values === null) return bitsOf(tensor, bytes)
  const isAligned = values.byteOffset % BYTES === 0
  const { buffer, byteOffset, byteLength } = isAligned ? values : new Uint8Array(bytesIn(values))
  return tf.tensor1d(new Int32Array(buffer, byteOffset, byteLength / BYTES), 'int32')
}

/** Bytes of an int32. */
const BYTES = 4

/** `undefined` if the tensor is fed unchanged: if it is int32, or its size is not a multiple of an int32. */
function bytesOfElement(tensor: tf.Tensor): 1 | 4 | undefined {
  const { type } = dtypeValue(tensor)
  if (type === DATA_TYPES.float32) return 4
  return type === DATA_TYPES.uint8 && tensor.size % BYTES === 0 ? 1 : undefined
}

/** The slow path, for a tensor that an op has used before: its values are no longer on the host. */
function bitsOf(tensor: tf.Tensor, bytes: 1 | 4): tf.Tensor {
  const backend = nativeBackend()
  const T = typeAttribute('T', dtypeValue(tensor).type)
  const shape = tf.tensor1d(bytes === 4 ? [tensor.size] : [tensor.size / 4, 4], 'int32')
  const rows = backend.executeSingleOutput(
    'Reshape',
    [T, typeAttribute('Tshape', DATA_TYPES.int32)],
    [tensor, shape],
  )
  return backend.executeSingleOutput('Bitcast', [T, typeAttribute('type', DATA_TYPES.int32)], [rows])
}

function bytesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
