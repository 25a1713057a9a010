import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Kernel } from '#workers/engine/register-kernel.ts'

/** A kernel on the wasm heap. */
export type WasmKernel<Inputs, Attributes> = Kernel<Inputs, Attributes, BackendWasm>
