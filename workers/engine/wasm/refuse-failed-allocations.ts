import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/**
 * Makes a failed allocation throw. The backend does not check the result of `malloc`: when its 4 GB are used up, every further tensor would
 * be at address 0 and overwrite other data, and the training would continue with wrong values.
 */
export function refuseFailedAllocations({ wasm }: BackendWasm): void {
  // The loader's `_malloc` replaces itself with the binary's when it is first called.
  wasm._free(wasm._malloc(1))
  const allocate = wasm._malloc
  wasm._malloc = bytes => {
    const address = allocate(bytes)
    if (address === 0) throw new Error(`WebAssembly could not allocate memory: ${bytes} bytes more.`)
    return address
  }
}
