export type EngineName = 'native' | 'webgpu' | 'wasm'

/** The TensorFlow backend that computes in this process. */
export interface Engine {
  name: EngineName
  /** The device: 'cpu', or the GPU's name. */
  device: string
  /** For display, such as 'TensorFlow 2.21.0'. */
  version: string
  /** Threads inside one op. The order of sums depends on it, so bit-identical results need the same number. */
  threads: number
}
