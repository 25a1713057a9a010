import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/**
 * Makes an allocation that fails an error. The backend takes what `malloc` gives for an address without looking: at the end of its
 * 4 GB every further tensor would lie at address 0, over what is there and over each other, and the training would go on with that.
 */
export function refuseFailedAllocations({ wasm }: BackendWasm): void {
  // The loader's own `_malloc` puts the binary's in its place when it is first called.
  wasm._free(wasm._malloc(1))
  const allocate = wasm._malloc
  wasm._malloc = bytes => {
    const address = allocate(bytes)
    if (address === 0) throw new Error(`WebAssembly could not allocate memory: ${bytes} bytes more.`)
    return address
  }
}
