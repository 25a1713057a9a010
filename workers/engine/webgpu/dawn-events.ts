import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * The pause between two polls, as a share of the wait so far: a short wait is not made longer, and a long one leaves the
 * processor to a device that computes on it.
 */
const PAUSE_SHARE = 0.1
const neverNotified = new Int32Array(new SharedArrayBuffer(4))

/**
 * Dawn hears that work is done only in a poll, which it hands to the global `setImmediate`, and again after each one: a process
 * with a device would never idle, and could not wait for a value within a turn. So the polls are caught here, and made when
 * something is waited for.
 */
export class DawnEvents {
  #poll: (() => void) | undefined

  /** Calls something of Dawn that may ask for a poll. */
  call<Result>(work: () => Result): Result {
    const { setImmediate } = globalThis
    const catchPoll = (poll: () => void) => {
      this.#poll = poll
    }
    globalThis.setImmediate = catchPoll as typeof setImmediate
    try {
      return work()
    } finally {
      globalThis.setImmediate = setImmediate
    }
  }

  /** What the promise resolves to that `begin` gets of Dawn. */
  async settle<Result>(begin: () => Promise<Result>): Promise<Result> {
    const settling = this.call(begin)
    let isPending = true
    const end = () => {
      isPending = false
    }
    settling.then(end, end)
    while (isPending) {
      this.#pollOnce()
      await nextTurn()
    }
    return settling
  }

  /** Copies a buffer that may be mapped for reading, within this turn. @throws when the device is lost */
  readBuffer(buffer: GPUBuffer): ArrayBuffer {
    // What became of it is told by `mapState`.
    this.call(() => buffer.mapAsync(GPUMapMode.READ)).catch(() => {})
    const began = performance.now()
    while (buffer.mapState === 'pending') {
      if (!this.#poll) throw new Error('Dawn asks for no poll, though it has work to tell of.')
      this.#pollOnce()
      Atomics.wait(neverNotified, 0, 0, PAUSE_SHARE * (performance.now() - began))
    }
    if (buffer.mapState !== 'mapped')
      throw new Error('The GPU does not give its results: the device is lost.')
    const values = buffer.getMappedRange().slice(0)
    buffer.unmap()
    return values
  }

  #pollOnce(): void {
    const poll = this.#poll
    this.#poll = undefined
    if (poll) this.call(poll)
  }
}
