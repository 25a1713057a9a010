import { ModelError } from '../model-error.ts'
import { LINE, roundUp } from './planes.ts'

/** A kernel may read this many floats beyond the end of a buffer: the rest of the last vector of a tile. */
const SLACK = 2 * LINE
/** Kernels add signed 32-bit offsets in bytes to the address of a value. */
const MOST_WORDS = 2 ** 29

interface Block {
  at: number
  length: number
}

/** Places buffers that live at different times in the same memory: the first gap that is large enough. */
export class Buffers {
  /** In order of address. */
  readonly #used: Block[] = []
  #peak = 0

  /** The words that all buffers need. */
  get length(): number {
    return this.#peak
  }

  /** The address of a new buffer, a multiple of a cache line. @throws ModelError if all buffers would take more than 2 GiB */
  allocate(words: number): number {
    const length = roundUp(words + SLACK, LINE)
    let at = 0
    let index = 0
    for (; index < this.#used.length; index++) {
      const next = this.#used[index]!
      if (next.at - at >= length) break
      at = next.at + next.length
    }
    this.#used.splice(index, 0, { at, length })
    this.#peak = Math.max(this.#peak, at + length)
    if (this.#peak > MOST_WORDS) throw new ModelError('the values of an example take more than 2 GiB')
    return at
  }

  release(at: number): void {
    this.#used.splice(
      this.#used.findIndex(block => block.at === at),
      1,
    )
  }
}
