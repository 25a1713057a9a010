import { Identity, type Tensor } from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/** Shares the values, which never change. The package's kernel copies them, and the gradient tape clones every tensor that it keeps. */
export const identity: WasmKernel<{ x: Tensor }, undefined> = {
  name: Identity,
  compute: ({ x: { dataId, shape, dtype } }, _, { backend }) => {
    backend.incRef(dataId)
    return { dataId, shape, dtype }
  },
}
