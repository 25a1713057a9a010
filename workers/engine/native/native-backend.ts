import * as tf from '@tensorflow/tfjs-core'
import type { Attribute } from './attributes.ts'

/** A tensor handle of the binding; `dtype` is a `TF_DataType`. */
export interface Handle {
  id: number
  shape: number[]
  dtype: number
}

/** The parts of tfjs-node's backend that tfjs-core's interface lacks. */
export type NativeBackend = tf.KernelBackend & {
  isUsingGpuDevice: boolean
  binding: {
    TF_Version: string
    deleteTensor(id: number): void
    tensorDataSync(id: number): Float32Array
    loadSavedModel(folder: string, tags: string): number
    runSavedModel(session: number, inputs: number[], inputNames: string, outputNames: string): Handle[]
    deleteSavedModel(session: number): void
  }
  /** `values` are the values that the library does not have yet: it gets them when an op uses the tensor. */
  tensorMap: { get(dataId: tf.DataId): { dtype: number; values: ArrayBufferView | null } }
  /** Makes sure that the library has the tensors' values. */
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
