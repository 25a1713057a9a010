import type { Graph } from '../graph.ts'
import { BACKENDS, KERNELS, type Kernels, type ModelOptions } from '../options.ts'
import { Constants } from '../plan/constants.ts'
import type { ModelContext } from '../plan/context.ts'
import { placedFloats } from '../plan/plan.ts'
import { stepsOf } from '../plan/steps.ts'
import { largestBatch, roundsOf } from './batches.ts'
import type { Host } from './host.ts'
import { openHost } from './open-host.ts'
import { Programs } from './programs.ts'

export interface CompiledModel {
  /**
   * Computes the outputs of `count` examples. The same call gives the same bits on the same number of threads, and one example on any.
   *
   * @param inputs [count, elements of an input], row-major
   * @returns [count, elements of an output]
   * @throws RangeError if the number of elements differs
   */
  run(inputs: Float32Array, count: number): Float32Array
  /** What computes, such as `native avx512`. */
  readonly backend: string
  /** How each node with a kernel is computed, by its name, in batches of the size that was planned last. */
  readonly computed: ReadonlyMap<string, 'sparse' | 'dense'>
  /** Frees memory and ends threads. */
  dispose(): void
}

/**
 * The products of vectors, some 20 us of them natively and 70 us in WebAssembly, below which a program is computed by one thread: threads
 * that meet after each instruction would not be faster.
 */
const LEAST_WORK = { native: 2 ** 16, wasm: 2 ** 18 }

/**
 * Makes a graph ready to run: packs its weights for the machine, and plans batches when they are first needed.
 *
 * @param leastWork what a program must compute for several threads, in products of vectors
 */
export async function compile(
  graph: Graph,
  options: ModelOptions = {},
  leastWork?: number,
): Promise<CompiledModel> {
  const { backend = 'auto', threads = 1, kernels = 'auto', instructions } = options
  requireOneOf('backend', backend, BACKENDS)
  requireOneOf('kernels', kernels, KERNELS)
  const host = await openHost(backend, threads, instructions)
  try {
    return compileFor(host, graph, kernels, leastWork ?? LEAST_WORK[host.isNative ? 'native' : 'wasm'])
  } catch (error) {
    host.dispose()
    throw error
  }
}

/** Making a view takes as long as a small layer, so the whole array is its own part. */
function part(array: Float32Array, begin: number, length: number): Float32Array {
  return length === array.length ? array : array.subarray(begin, begin + length)
}

function requireOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new RangeError(`${name} is ${value}; it must be ${allowed.join(', ')}.`)
}

function compileFor(host: Host, graph: Graph, kernels: Kernels, leastWork: number): CompiledModel {
  const steps = stepsOf(graph)
  const model: ModelContext = {
    host,
    kernels,
    constants: new Constants(host),
    packed: new Map(),
    computed: new Map(),
  }
  const programs = new Programs(model, graph, steps)
  const elements = (node: number) => graph.nodes.at(node)!.shape.reduce((product, n) => product * n, 1)
  const [inputLength, outputLength] = [elements(0), elements(-1)]
  const most = largestBatch(images => placedFloats(model, graph, steps, images))
  // Also reports at once what the runtime cannot compute.
  const workOfOne = programs.work(1)
  return {
    backend: host.name,
    computed: model.computed,
    run(inputs, count) {
      if (inputs.length !== count * inputLength)
        throw new RangeError(
          `inputs has ${inputs.length} numbers; ${count} examples have ${count * inputLength}.`,
        )
      const outputs = new Float32Array(count * outputLength)
      let [read, written] = [0, 0]
      const isApart = most > 1 && count * workOfOne >= leastWork
      for (const { images, batches } of roundsOf(count, most, isApart ? host.threads : 1)) {
        const placed = programs.placed(images, batches.length)
        for (const [index, { input }] of placed.entries()) {
          const length = batches[index]! * inputLength
          host.write(input, part(inputs, read, length))
          read += length
        }
        if (placed.length > 1) host.run(programs.performing(images, placed.length), true)
        else host.run(placed[0]!.address, programs.work(images) >= leastWork)
        for (const [index, { output }] of placed.entries()) {
          const length = batches[index]! * outputLength
          host.read(output, part(outputs, written, length))
          written += length
        }
      }
      return outputs
    },
    dispose: () => host.dispose(),
  }
}
