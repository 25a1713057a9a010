import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Engine } from '#workers/engine/engine.ts'
import { resetPeakMemory } from './peak-memory.ts'

/** A defect that needs many tasks to show must not outlive them. */
const MOST_TASKS = 100
/** What a task may leave behind, in the process's resident memory: a tenth of what a new runner holds. */
const MOST_LEFT_BYTES = 64e6

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
    // A GPU's memory is not measured, and TensorFlow keeps what a task has used until the process ends.
    this.#canMeasure = device === 'cpu' && resetPeakMemory()
  }

  /** To be called after each completed task. Takes some tens of milliseconds. @returns whether the next task would find the process as good as new */
  allowsAnother(): boolean {
    this.#tasks++
    if (!this.#canMeasure || this.#tasks >= MOST_TASKS) return false
    this.#collectGarbage()
    return process.memoryUsage.rss() - this.#freshBytes <= MOST_LEFT_BYTES
  }
}

/** V8's collector. The memory of dead tensors and file contents is returned only when it runs. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
