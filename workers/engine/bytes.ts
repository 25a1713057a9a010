import * as tf from '@tensorflow/tfjs-core'
import { DATA_TYPES, typeAttribute } from './native/attributes.ts'
import { nativeBackend } from './native/native-backend.ts'

/** Puts bytes on the device, for `takeRows` and `bytesToFloats` only: tfjs has no such type, so the tensor's dtype is another one. */
export function uploadBytes(bytes: Uint8Array, shape: readonly number[]): tf.Tensor {
  if (tf.getBackend() !== 'tensorflow') return tf.tensor(new Float32Array(bytes), [...shape])
  const backend = nativeBackend()
  const tensor = backend.createOutputTensor({ id: -1, shape: [...shape], dtype: DATA_TYPES.uint8 })
  backend.tensorMap.get(tensor.dataId).values = bytes
  return tensor
}

/** Takes the rows at the indices `places` [rows] of a tensor [count, ...], of bytes or any other type. On the native engine only. */
export function takeRows(tensor: tf.Tensor, places: tf.Tensor): tf.Tensor {
  const backend = nativeBackend()
  const axis = tf.scalar(0, 'int32')
  const attributes = [
    typeAttribute('Tparams', backend.tensorMap.get(tensor.dataId).dtype),
    typeAttribute('Tindices', DATA_TYPES.int32),
    typeAttribute('Taxis', DATA_TYPES.int32),
  ]
  return backend.executeSingleOutput('GatherV2', attributes, [tensor, places, axis])
}

/** Converts a tensor of `uploadBytes` to float32. */
export function bytesToFloats(bytes: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'tensorflow') return bytes
  const backend = nativeBackend()
  const attributes = [typeAttribute('SrcT', DATA_TYPES.uint8), typeAttribute('DstT', DATA_TYPES.float32)]
  return backend.executeSingleOutput('Cast', attributes, [bytes])
}
