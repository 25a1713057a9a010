import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import { constantNode, dtypeValue, placeholderNode } from './nodes.ts'
import type { Node } from './saved-model.ts'

// tfjs-node copies every tensor but an int32 one to the GPU as soon as it is made, and what a session is fed it takes from the
// host: it would be copied back first, behind all that the GPU has yet to do. So calls are fed int32s that are the bits of what
// is meant.

/** Nodes that give what is fed: the first is the placeholder, the last has the shape and dtype of `like`. */
export function feedNodes(name: string, like: tf.Tensor): Node[] {
  const bytes = bytesOfElement(like)
  if (bytes === undefined) return [placeholderNode(name, like)]
  const int32 = { type: nativeBackend().binding.TF_INT32 }
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

/** What to feed for a tensor: itself, or a new one. */
export function toFeed(tensor: tf.Tensor): tf.Tensor {
  const bytes = bytesOfElement(tensor)
  if (bytes === undefined) return tensor
  const { values } = nativeBackend().tensorMap.get(tensor.dataId)
  if (values === null) return bitsOf(tensor, bytes)
  const isAligned = values.byteOffset % BYTES === 0
  const { buffer, byteOffset, byteLength } = isAligned ? values : new Uint8Array(bytesIn(values))
  return tf.tensor1d(new Int32Array(buffer, byteOffset, byteLength / BYTES), 'int32')
}

/** Of an int32. */
const BYTES = 4

/** None of what is fed as it is: an int32, and what is no whole number of them. */
function bytesOfElement(tensor: tf.Tensor): 1 | 4 | undefined {
  const { TF_FLOAT, TF_UINT8 } = nativeBackend().binding
  const { type } = dtypeValue(tensor)
  if (type === TF_FLOAT) return 4
  return type === TF_UINT8 && tensor.size % BYTES === 0 ? 1 : undefined
}

/** The slow way, for a tensor that an op has taken before, which has left the host. */
function bitsOf(tensor: tf.Tensor, bytes: 1 | 4): tf.Tensor {
  const backend = nativeBackend()
  const { TF_ATTR_TYPE: type, TF_INT32 } = backend.binding
  const T = { name: 'T', type, value: dtypeValue(tensor).type }
  const shape = tf.tensor1d(bytes === 4 ? [tensor.size] : [tensor.size / 4, 4], 'int32')
  const rows = backend.executeSingleOutput(
    'Reshape',
    [T, { name: 'Tshape', type, value: TF_INT32 }],
    [tensor, shape],
  )
  return backend.executeSingleOutput('Bitcast', [T, { name: 'type', type, value: TF_INT32 }], [rows])
}

function bytesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
