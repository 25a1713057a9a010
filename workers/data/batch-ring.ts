import type { Place } from './augment.ts'

export interface RingShape {
  /** The number of batches that the ring holds at once. */
  slots: number
  /** The maximum number of examples in a batch. */
  rows: number
  /** Bytes per example. */
  stride: number
}

/** The states of a slot: empty, a batch to augment, a batch that a thread is augmenting, an augmented batch. */
const [FREE, FILLED, TAKEN, AUGMENTED] = [0, 1, 2, 3]
/** Much longer than any batch takes: after this time, the thread that took the batch must have ended. */
const PATIENCE_MS = 60_000

/**
 * Batches in memory that two threads share. One thread fills slots and uses the augmented batches; an idle thread augments them. Memory
 * starts with two signals (a counter of changes for a thread to wait on, and whether the ring is closed), followed by the states of the
 * slots, the batch sizes, the indices of the examples and their bytes.
 */
export class BatchRing {
  readonly shape: RingShape
  readonly memory: SharedArrayBuffer
  readonly #signals: Int32Array
  readonly #states: Int32Array
  readonly #indices: Uint32Array
  readonly #sizes: Int32Array
  readonly #bytes: Uint8Array

  /** @param memory the memory of the other thread's ring of the same shape; absent: new memory */
  constructor(shape: RingShape, memory?: SharedArrayBuffer) {
    const { slots, rows, stride } = shape
    const words = 2 + 2 * slots + slots * rows
    this.shape = shape
    this.memory = memory ?? new SharedArrayBuffer(4 * words + 2 * slots * rows * stride)
    this.#signals = new Int32Array(this.memory, 0, 2)
    this.#states = new Int32Array(this.memory, 8, slots)
    this.#sizes = new Int32Array(this.memory, 8 + 4 * slots, slots)
    this.#indices = new Uint32Array(this.memory, 8 + 8 * slots, slots * rows)
    this.#bytes = new Uint8Array(this.memory, 4 * words)
  }

  /** Copies the examples at the given indices into a free slot. */
  fill(slot: number, examples: Uint8Array, indices: Uint32Array): void {
    const { rows, stride } = this.shape
    let to = 2 * slot * rows * stride
    for (const index of indices) {
      this.#bytes.set(examples.subarray(index * stride, (index + 1) * stride), to)
      to += stride
    }
    this.#indices.set(indices, slot * rows)
    this.#sizes[slot] = indices.length
    Atomics.store(this.#states, slot, FILLED)
    this.#signal()
  }

  /**
   * The augmented batch of a slot, valid until `free`. Augments it in this thread if the other one has not started to. @throws Error when
   * the other thread does not finish it
   */
  use(slot: number, place: Place): Uint8Array {
    if (!this.#augment(slot, place)) {
      if (Atomics.wait(this.#states, slot, TAKEN, PATIENCE_MS) === 'timed-out')
        throw new Error('The thread that augments images did not finish a batch.')
    }
    const { rows, stride } = this.shape
    const begin = (2 * slot + 1) * rows * stride
    return this.#bytes.subarray(begin, begin + this.#sizes[slot]! * stride)
  }

  free(slot: number): void {
    Atomics.store(this.#states, slot, FREE)
  }

  /** Makes `augmentAll` return in the other thread. */
  close(): void {
    Atomics.store(this.#signals, 1, 1)
    this.#signal()
  }

  /** Augments batches in the order of the slots until the ring is closed. Blocks the thread. */
  augmentAll(place: Place): void {
    const { slots } = this.shape
    for (let next = 0; ; ) {
      const changes = Atomics.load(this.#signals, 0)
      if (Atomics.load(this.#signals, 1) === 1) return
      const order = Array.from({ length: slots }, (_, i) => (next + i) % slots)
      const slot = order.find(candidate => this.#augment(candidate, place))
      if (slot === undefined) Atomics.wait(this.#signals, 0, changes)
      else next = (slot + 1) % slots
    }
  }

  /** @returns whether the slot had a batch to augment that the other thread had not taken */
  #augment(slot: number, place: Place): boolean {
    if (Atomics.compareExchange(this.#states, slot, FILLED, TAKEN) !== FILLED) return false
    this.#augmentEach(slot, place)
    Atomics.store(this.#states, slot, AUGMENTED)
    Atomics.notify(this.#states, slot)
    return true
  }

  #augmentEach(slot: number, place: Place): void {
    const { rows, stride } = this.shape
    const [from, to] = [2 * slot * rows * stride, (2 * slot + 1) * rows * stride]
    for (let row = 0; row < this.#sizes[slot]!; row++) {
      const example = (begin: number) =>
        this.#bytes.subarray(begin + row * stride, begin + (row + 1) * stride)
      place(example(from), example(to), this.#indices[slot * rows + row]!)
    }
  }

  #signal(): void {
    Atomics.add(this.#signals, 0, 1)
    Atomics.notify(this.#signals, 0)
  }
}
