import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Kernel } from '#workers/engine/register-kernel.ts'

/** One operation on the wasm heap. */
export type WasmKernel<Inputs, Attributes> = Kernel<Inputs, Attributes, BackendWasm>
