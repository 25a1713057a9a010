export const BACKENDS = ['auto', 'native', 'wasm'] as const
export type Backend = (typeof BACKENDS)[number]

export const KERNELS = ['auto', 'sparse', 'dense'] as const
export type Kernels = (typeof KERNELS)[number]

/** How a model computes. */
export interface ModelOptions {
  /** `auto` takes the native module if it is built and loads, else WebAssembly. Default: `auto`. */
  backend?: Backend
  /** Threads that compute, the caller's among them. Default: 1. */
  threads?: number
  /** Which kernels compute layers with weights: `auto` decides for each layer by its density. Default: `auto`. */
  kernels?: Kernels
  /**
   * For comparisons: with the backend `native` one of `avx512`, `avx2`, `sse2` and `neon`, with `wasm` one of `relaxed` and `simd`. Default: the
   * best one that the machine has.
   */
  instructions?: string
}
