import type { Tensor } from '@tensorflow/tfjs-core'
import { SOFTMAX_CROSS_ENTROPY } from '#workers/engine/ops/kernel-names.ts'
import type { WasmKernel } from './wasm-kernel.ts'

/** Losses [rows] and the gradient of their sum [rows, classes], like TensorFlow's kernel of this name. */
export const sparseSoftmaxCrossEntropy: WasmKernel<{ logits: Tensor; labels: Tensor }, undefined> = {
  name: SOFTMAX_CROSS_ENTROPY,
  compute: ({ logits, labels }, _, { backend }) => {
    const [rows, classes] = logits.shape as [number, number]
    const losses = backend.makeOutput([rows], 'float32')
    const gradient = backend.makeOutput([rows, classes], 'float32')
    const z = backend.typedArrayFromHeap(logits) as Float32Array
    const label = backend.typedArrayFromHeap(labels) as Int32Array
    const loss = backend.typedArrayFromHeap(losses) as Float32Array
    const dz = backend.typedArrayFromHeap(gradient) as Float32Array
    for (let row = 0; row < rows; row++) {
      const start = row * classes
      const end = start + classes
      let largest = Number.NEGATIVE_INFINITY
      for (let i = start; i < end; i++) largest = Math.max(largest, z[i]!)
      let sum = 0
      for (let i = start; i < end; i++) sum += Math.exp(z[i]! - largest)
      for (let i = start; i < end; i++) dz[i] = Math.exp(z[i]! - largest) / sum
      const correct = start + label[row]!
      loss[row] = Math.log(sum) + largest - z[correct]!
      dz[correct]! -= 1
    }
    return [losses, gradient]
  },
}
