import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Engine } from '#workers/engine/engine.ts'
import { MOST_LEFT_BYTES } from './most-left.ts'
import { resetPeakMemory } from './peak-memory.ts'

/** A slow leak that the measurement of memory misses must not become large. */
const MOST_TASKS = 100
/** V8 frees the buffers of collected arrays in another thread, which takes some tenths of a second on a busy machine. */
const PAUSE_MS = 20
const MOST_PAUSES = 50

/** Decides whether a runner that has completed a task may take another one, or must be replaced by a new process. */
export class Wear {
  readonly #collectGarbage = exposedCollector()
  readonly #freshBytes: number
  readonly #canMeasure: boolean
  #tasks = 0

  /** To be created when the runner is ready for its first task. */
  constructor({ device }: Pick<Engine, 'device'>) {
    this.#collectGarbage()
    this.#freshBytes = process.memoryUsage.rss()
    // A GPU's memory is not measured, and TensorFlow keeps what a task has used of it until the process ends.
    this.#canMeasure = device === 'cpu' && resetPeakMemory()
  }

  /** To be called after each completed task. Frees the memory of the tasks if it is too much. */
  async allowsAnother(): Promise<boolean> {
    this.#tasks++
    if (!this.#canMeasure || this.#tasks >= MOST_TASKS) return false
    // A collection takes as long as the steps of a small job.
    if (this.#hasRoom()) return true
    this.#collectGarbage()
    for (let pauses = 0; !this.#hasRoom(); pauses++) {
      if (pauses === MOST_PAUSES) return false
      await pause(PAUSE_MS)
    }
    return true
  }

  #hasRoom(): boolean {
    return process.memoryUsage.rss() - this.#freshBytes <= MOST_LEFT_BYTES
  }
}

/** V8's garbage collector, which otherwise runs only when the heap grows. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
