import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Host } from './host.ts'

type Words = Float32Array | Uint32Array | Int32Array

/** `kernels/native.cc`. A model is an opaque handle, freed with it. */
interface NativeModule {
  instructionSets(): string[]
  open(instructionSet: string, threads: number): object
  properties(model: object): [lanes: number, denseRows: number]
  reserve(model: object, words: number): void
  write(model: object, address: number, words: Words): void
  read(model: object, address: number, words: Words): void
  run(model: object, program: number, threads: number): void
  close(model: object): void
}

const MODULE = fileURLToPath(new URL('../../build/native.node', import.meta.url))

/**
 * Opens the native module.
 *
 * @param instructionSet default: the best one that the processor has
 * @throws Error if it is not built, or does not load on this machine
 */
export async function openNativeHost(threads: number, instructionSet?: string): Promise<Host> {
  const module = loadModule()
  const set = instructionSet ?? module.instructionSets()[0]!
  const model = module.open(set, threads)
  const [lanes, denseRows] = module.properties(model)
  return {
    name: `native ${set}`,
    isNative: true,
    lanes,
    denseRows,
    threads,
    reserve: words => module.reserve(model, words),
    write: (address, words) => module.write(model, address, words),
    read: (address, into) => module.read(model, address, into),
    run: (program, onAll) => module.run(model, program, onAll ? threads : 1),
    dispose: () => module.close(model),
  }
}

function loadModule(): NativeModule {
  try {
    return createRequire(import.meta.url)(MODULE)
  } catch (cause) {
    throw new Error(`The native module does not load from ${MODULE}. backend "wasm" needs no module.`, {
      cause,
    })
  }
}
