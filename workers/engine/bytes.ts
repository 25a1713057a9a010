import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from './native/native-backend.ts'

/** Bytes on the device, for `bytesToFloats` alone: tfjs has no such type, so the tensor calls itself something else. */
export function uploadBytes(bytes: Uint8Array, shape: readonly number[]): tf.Tensor {
  if (tf.getBackend() !== 'tensorflow') return tf.tensor(new Float32Array(bytes), [...shape])
  const backend = nativeBackend()
  const tensor = backend.createOutputTensor({ id: -1, shape: [...shape], dtype: backend.binding.TF_UINT8 })
  backend.tensorMap.get(tensor.dataId).values = bytes
  return tensor
}

/** Some rows of bytes or of any other tensor [count, ...], by their places [rows]. Natively only. */
export function takeRows(tensor: tf.Tensor, places: tf.Tensor): tf.Tensor {
  const backend = nativeBackend()
  const { TF_ATTR_TYPE: type, TF_INT32 } = backend.binding
  const axis = tf.scalar(0, 'int32')
  const attributes = [
    { name: 'Tparams', type, value: backend.tensorMap.get(tensor.dataId).dtype },
    { name: 'Tindices', type, value: TF_INT32 },
    { name: 'Taxis', type, value: TF_INT32 },
  ]
  return backend.executeSingleOutput('GatherV2', attributes, [tensor, places, axis])
}

/** The same numbers as float32. */
export function bytesToFloats(bytes: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'tensorflow') return bytes
  const backend = nativeBackend()
  const { TF_ATTR_TYPE: type, TF_UINT8, TF_FLOAT } = backend.binding
  const attributes = [
    { name: 'SrcT', type, value: TF_UINT8 },
    { name: 'DstT', type, value: TF_FLOAT },
  ]
  return backend.executeSingleOutput('Cast', attributes, [bytes])
}
