import { availableParallelism } from 'node:os'
import type { Engine, EngineName } from './engine.ts'

/**
 * Makes `name` the tfjs-core backend of this process until the process ends.
 *
 * @throws Error with the reason when the engine does not load
 */
export async function openEngine(name: EngineName, threads = availableParallelism()): Promise<Engine> {
  // Imported on demand, so that a process loads only the engine that it opens.
  switch (name) {
    case 'native':
      return (await import('./native/open-native.ts')).openNative(threads)
    case 'webgpu':
      return (await import('./webgpu/open-webgpu.ts')).openWebgpu()
    case 'wasm':
      return (await import('./wasm/open-wasm.ts')).openWasm(threads)
  }
}
