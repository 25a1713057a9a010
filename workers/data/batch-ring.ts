import type { Place } from './augment.ts'

/** Of the batches that are under way at once. */
export interface RingShape {
  slots: number
  /** Examples of a batch, at most. */
  rows: number
  /** Bytes of an example. */
  stride: number
}

/** What a slot holds: nothing to do, a batch to vary, one that somebody varies, one that is varied. */
const [FREE, FILLED, TAKEN, VARIED] = [0, 1, 2, 3]
/** Far more than any batch takes: whoever has taken it is gone. */
const PATIENCE_MS = 60_000

/**
 * Batches in memory that threads share: one fills slots and uses what becomes of them, and whoever is free varies them. Before the
 * slots' states come a count of what happened, to wait by, and whether it is over.
 */
export class BatchRing {
  readonly shape: RingShape
  readonly memory: SharedArrayBuffer
  readonly #signals: Int32Array
  readonly #states: Int32Array
  readonly #indices: Uint32Array
  readonly #sizes: Int32Array
  readonly #bytes: Uint8Array

  /** @param memory another thread's ring of that shape */
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

  /** Puts those of the examples that the indices name into a free slot. */
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

  /** The batch of a slot, varied: by whoever takes it first. It lasts until `free`. @throws Error when who took it is gone */
  use(slot: number, place: Place): Uint8Array {
    if (!this.#vary(slot, place)) {
      if (Atomics.wait(this.#states, slot, TAKEN, PATIENCE_MS) === 'timed-out')
        throw new Error('The thread that varies images has not given one back.')
    }
    const { rows, stride } = this.shape
    const begin = (2 * slot + 1) * rows * stride
    return this.#bytes.subarray(begin, begin + this.#sizes[slot]! * stride)
  }

  free(slot: number): void {
    Atomics.store(this.#states, slot, FREE)
  }

  /** Ends `varyAll` in the other thread. */
  close(): void {
    Atomics.store(this.#signals, 1, 1)
    this.#signal()
  }

  /** Varies what there is, in the order of the slots, until the ring is closed. Blocks the thread. */
  varyAll(place: Place): void {
    const { slots } = this.shape
    for (let next = 0; ; ) {
      const happened = Atomics.load(this.#signals, 0)
      if (Atomics.load(this.#signals, 1) === 1) return
      const order = Array.from({ length: slots }, (_, i) => (next + i) % slots)
      const slot = order.find(candidate => this.#vary(candidate, place))
      if (slot === undefined) Atomics.wait(this.#signals, 0, happened)
      else next = (slot + 1) % slots
    }
  }

  /** @returns whether there was something to vary that nobody else had taken */
  #vary(slot: number, place: Place): boolean {
    if (Atomics.compareExchange(this.#states, slot, FILLED, TAKEN) !== FILLED) return false
    this.#varyEach(slot, place)
    Atomics.store(this.#states, slot, VARIED)
    Atomics.notify(this.#states, slot)
    return true
  }

  #varyEach(slot: number, place: Place): void {
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
