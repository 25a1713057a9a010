import type { Tensor } from '@tensorflow/tfjs-core'
import type { WasmKernel } from './register-kernel.ts'

/** dy where the output y is positive, 0 elsewhere, in one pass. */
export const reluGrad: WasmKernel<{ dy: Tensor; y: Tensor }, undefined> = {
  name: 'ReluGrad',
  compute: ({ dy, y }, _, { backend }) => {
    const output = backend.makeOutput(dy.shape, 'float32')
    const gradients = backend.typedArrayFromHeap(dy) as Float32Array
    const outputs = backend.typedArrayFromHeap(y) as Float32Array
    const dx = backend.typedArrayFromHeap(output) as Float32Array
    for (let i = 0; i < dx.length; i++) dx[i] = outputs[i]! > 0 ? gradients[i]! : 0
    return output
  },
}
