import type { Host } from '../engine/host.ts'
import { ModelError } from '../model-error.ts'
import { LINE, roundUp } from './planes.ts'

/** Programs have addresses of 32 bits. */
const MOST_WORDS = 2 ** 32

type Words = Float32Array | Uint32Array | Int32Array

/** Memory of a host that is allocated once and kept: packed weights, tables, programs, and the areas of buffers. */
export class Constants {
  readonly #host: Host
  /** Address 0 is never used, because it means none. */
  #end = LINE
  readonly #named = new Map<string, number>()

  constructor(host: Host) {
    this.#host = host
  }

  /** The address of new memory. @throws ModelError beyond 16 GiB */
  allocate(words: number): number {
    const at = this.#end
    this.#end += roundUp(Math.max(words, 1), LINE)
    if (this.#end + LINE > MOST_WORDS) throw new ModelError('the network takes more than 16 GiB')
    // A kernel may read a vector beyond the end of an array.
    this.#host.reserve(this.#end + LINE)
    return at
  }

  write(words: Words): number {
    const at = this.allocate(words.length)
    this.#host.write(at, words)
    return at
  }

  /** The address of words that plans of several batch sizes share. */
  shared(name: string, make: () => Words): number {
    const known = this.#named.get(name)
    if (known !== undefined) return known
    const at = this.write(make())
    this.#named.set(name, at)
    return at
  }
}
