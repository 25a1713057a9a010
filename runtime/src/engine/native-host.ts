import { createRequire } from 'node:module'
import type { Host } from './host.ts'
import { KERNEL_SOURCES } from './kernel-sources.ts'

type Words = Float32Array | Uint32Array | Int32Array

/** `kernels/native.cc`. A model is an opaque handle; the memory of one that is garbage is freed. */
interface NativeModule {
  instructionSets(): string[]
  open(instructionSet: string, threads: number): object
  properties(model: object): [lanes: number, denseRows: number]
  reserve(model: object, words: number): void
  write(model: object, address: number, words: Words): void
  read(model: object, address: number, words: Words): void
  run(model: object, program: number, threads: number): void
  close(model: object): void
  /** Modules of older sources do not have it. */
  sources?(): string
}

/** Where the module may be: compiled in the checkout, or by the package for it. */
const PLACES = ['../../build/native.node', '@thresher/runtime-native']

/**
 * Opens the native module.
 *
 * @param instructions default: the best instruction set that the processor has
 * @throws Error if the module is not built, does not load on this machine, or is not of the sources of this program
 */
export async function openNativeHost(threads: number, instructions?: string): Promise<Host> {
  const module = loadModule()
  const sets = module.instructionSets()
  const set = instructions ?? sets[0]!
  if (!sets.includes(set))
    throw new RangeError(
      `instructions is ${set}; with backend "native" this processor has ${sets.join(', ')}.`,
    )
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

/** The instruction sets of this processor that the native module has kernels for, the best first. @throws Error as `openNativeHost` does */
export function nativeInstructionSets(): string[] {
  return loadModule().instructionSets()
}

function loadModule(): NativeModule {
  const module = requireModule()
  if (module.sources?.() === KERNEL_SOURCES) return module
  const message =
    'The native module was compiled from other sources than this program; compile it again with `npm run setup -- runtime`, or install the version of @thresher/runtime-native that is that of @thresher/runtime.'
  // With backend "auto" the model computes all the same, but slower. Node shows a warning of this code once.
  if (!isWarned) process.emitWarning(message, { code: 'THRESHER_NATIVE_MODULE' })
  isWarned = true
  throw new Error(message)
}

let isWarned = false

function requireModule(): NativeModule {
  const require = createRequire(import.meta.url)
  const errors: unknown[] = []
  for (const place of PLACES)
    try {
      return require(place)
    } catch (error) {
      errors.push(error)
    }
  throw new Error(
    `The native module does not load from ${PLACES.join(' or ')}. backend "wasm" needs no module.`,
    { cause: new AggregateError(errors) },
  )
}
