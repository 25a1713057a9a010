import { mayShareMemory, maySleep, readWasm, startWorker } from '#platform'
import type { Host } from './host.ts'
import { withUnsharedMemory } from './unshared-memory.ts'

/** The exports of `kernels/wasm.cc`. */
interface Exports {
  lanes(): number
  denseRows(): number
  heapBase(): number
  run(arena: number, program: number, threads: number, maySleep: boolean): void
}

const PAGE = 65536
const LINE_BYTES = 64
/** 4 GiB less a page, as the modules are linked. */
const MOST_PAGES = 65535
/** The stack of each thread but the first, in bytes. */
const STACK_BYTES = 65536

/** A module whose only function consists of `f32x4.relaxed_madd`: valid only where relaxed SIMD is. */
// biome-ignore format: a line for each section
const RELAXED_PROBE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 8, 1, 96, 3, 123, 123, 123, 1, 123,
  3, 2, 1, 0,
  10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
)

/** Those of the modules that this machine runs, the best first. */
export function wasmInstructionSets(): string[] {
  return WebAssembly.validate(RELAXED_PROBE) ? ['relaxed', 'simd'] : ['simd']
}

/**
 * Opens the WebAssembly module: with relaxed SIMD where there is, and with threads if more than one is asked for and memory may be shared.
 *
 * @param instructions `relaxed` or `simd`
 */
export async function openWasmHost(wanted: number, instructions?: string): Promise<Host> {
  const sets = wasmInstructionSets()
  const simd = instructions ?? sets[0]!
  if (!sets.includes(simd))
    throw new RangeError(`instructions is ${simd}; with backend "wasm" this machine has ${sets.join(', ')}.`)
  const threads = mayShareMemory() ? wanted : 1
  const isShared = threads > 1
  const bytes = await readWasm(`${simd}.wasm`)
  const module = await WebAssembly.compile(isShared ? bytes : withUnsharedMemory(bytes))
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES, shared: isShared })
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  const { lanes, denseRows, heapBase, run } = exports as unknown as Exports
  const reserveBytes = (bytes: number) => {
    const missing = Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE
    if (missing > 0) memory.grow(missing)
  }
  const stacks = Math.ceil(heapBase() / LINE_BYTES) * LINE_BYTES
  const arena = stacks + (threads - 1) * STACK_BYTES
  reserveBytes(arena)
  const workers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, i) =>
      startWorker({ module, memory, thread: i + 1, stack: stacks + (i + 1) * STACK_BYTES }),
    ),
  )
  return {
    name: `wasm ${simd}`,
    isNative: false,
    lanes: lanes(),
    denseRows: denseRows(),
    threads,
    reserve: words => reserveBytes(arena + words * 4),
    write: (address, words) =>
      new Uint32Array(memory.buffer, arena + address * 4, words.length).set(
        new Uint32Array(words.buffer, words.byteOffset, words.length),
      ),
    read: (address, into) => into.set(new Float32Array(memory.buffer, arena + address * 4, into.length)),
    run: (program, onAll) => run(arena, program, onAll ? threads : 1, maySleep),
    dispose: () => {
      for (const worker of workers) worker.terminate()
    },
  }
}
