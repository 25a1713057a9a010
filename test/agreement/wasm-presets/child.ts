import * as tf from '@tensorflow/tfjs-core'
import { nudge } from '#test/agreement/trajectory/perturb.ts'
import { type Course, drawStart, type Taken, takeCourse } from '#test/agreement/trajectory/trajectory.ts'
import { median } from '#test/support/median.ts'
import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { openProgram } from '#workers/engine/open-program.ts'

// A process of its own for each engine: it answers the question with what the course came to there.

export interface Question {
  course: Course
  engine: EngineName
  /** Starts from weights that are a float32 up or down. */
  isNudged: boolean
}

export interface Answer extends Pick<Taken, 'losses' | 'digest'> {
  /** Median of a step. */
  milliseconds: number
  /** What WebAssembly's heap has grown to, where the engine has one. */
  heapMiB?: number
}

const MIB = 2 ** 20

const { course, engine, isNudged }: Question = JSON.parse(process.argv[2]!)
await openEngine(engine)
const start = drawStart(course)
const { losses, digest, milliseconds } = takeCourse(openProgram, course, isNudged ? nudge(start) : start)
const answer: Answer = { losses, digest, milliseconds: median(milliseconds), ...heapSize() }
process.send!(answer, () => process.exit())

function heapSize(): { heapMiB?: number } {
  if (engine !== 'wasm') return {}
  const { wasm } = tf.backend() as tf.KernelBackend & { wasm: { HEAPU8: Uint8Array } }
  return { heapMiB: wasm.HEAPU8.byteLength / MIB }
}
