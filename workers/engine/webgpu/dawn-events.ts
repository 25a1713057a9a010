import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * The pause between two polls, as a share of the wait so far: a short wait is not made longer, and a long one leaves the
 * processor to a device that computes on it.
 */
const PAUSE_SHARE = 0.1
const neverNotified = new Int32Array(new SharedArrayBuffer(4))

/**
 * Dawn detects only in a poll that work is finished. It schedules each poll with the global `setImmediate`, and schedules another after it,
 * so a process with a device would never idle, and it could not wait for a value within one turn of the event loop. This class intercepts
 * the polls and runs them only while something is awaited.
 */
export class DawnEvents {
  #poll: (() => void) | undefined

  /** Calls a function of Dawn that may schedule a poll. */
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

  /** Polls until the promise that `begin` gets from Dawn settles. */
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

  /** Copies a buffer that can be mapped for reading, within this turn of the event loop. @throws Error when the device is lost */
  readBuffer(buffer: GPUBuffer): ArrayBuffer {
    // `mapState` says whether it succeeded.
    this.call(() => buffer.mapAsync(GPUMapMode.READ)).catch(() => {})
    const began = performance.now()
    while (buffer.mapState === 'pending') {
      if (!this.#poll) throw new Error('Dawn scheduled no poll although a buffer is being mapped.')
      this.#pollOnce()
      Atomics.wait(neverNotified, 0, 0, PAUSE_SHARE * (performance.now() - began))
    }
    if (buffer.mapState !== 'mapped')
      throw new Error('The results of the GPU cannot be read: the device is lost.')
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
