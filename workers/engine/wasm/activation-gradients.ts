import type * as tf from '@tensorflow/tfjs-core'
import { SIGMOID_GRADIENT, TANH_GRADIENT } from '#workers/engine/ops/kernel-names.ts'
import type { WasmKernel } from './wasm-kernel.ts'

/** TensorFlow's kernels of these names: dy times the activation's derivative, which follows from its output y. */
export const tanhGrad = fromOutput(TANH_GRADIENT, y => 1 - y * y)
export const sigmoidGrad = fromOutput(SIGMOID_GRADIENT, y => y * (1 - y))

function fromOutput(
  name: string,
  slope: (y: number) => number,
): WasmKernel<{ dy: tf.Tensor; y: tf.Tensor }, undefined> {
  return {
    name,
    compute: ({ dy, y }, _, { backend }) => {
      const result = backend.makeOutput(y.shape, 'float32')
      const outputs = backend.typedArrayFromHeap(y)
      const gradients = backend.typedArrayFromHeap(dy)
      const dx = backend.typedArrayFromHeap(result)
      for (let i = 0; i < outputs.length; i++) dx[i] = gradients[i]! * slope(outputs[i]!)
      return result
    },
  }
}
