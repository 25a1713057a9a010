import * as tf from '@tensorflow/tfjs-core'

/** An attribute of a TensorFlow op, its type being a `TF_AttrType`. */
export interface Attribute {
  name: string
  type: number
  value: unknown
}

/** A tensor handle of the binding; `dtype` is a `TF_DataType`. */
export interface Handle {
  id: number
  shape: number[]
  dtype: number
}

/** The parts of tfjs-node's backend that go beyond tfjs-core's interface. */
export type NativeBackend = tf.KernelBackend & {
  isUsingGpuDevice: boolean
  binding: {
    TF_Version: string
    TF_ATTR_TYPE: number
    TF_FLOAT: number
    TF_INT32: number
    TF_UINT8: number
    createTensor(shape: number[], dtype: number, values: ArrayBufferView): number
    deleteTensor(id: number): void
    tensorDataSync(id: number): Float32Array
    loadSavedModel(folder: string, tags: string): number
    runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): Handle[]
    deleteSavedModel(session: number): void
  }
  /** `values` are those that the library has not got yet: it gets them when an op takes the tensor. */
  tensorMap: { get(dataId: tf.DataId): { dtype: number; values: ArrayBufferView | null } }
  /** Makes sure that the tensors' values have reached the library. */
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[]
  createOutputTensor(handle: Handle): tf.Tensor
  executeSingleOutput(op: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor
  executeMultipleOutputs(
    op: string,
    attributes: Attribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[]
}

export function nativeBackend(): NativeBackend {
  return tf.backend() as NativeBackend
}
