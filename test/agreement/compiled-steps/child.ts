import type { Course } from '#test/agreement/trajectory/trajectory.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { measure } from './measure.ts'

// A process of its own for each course: it answers the question with what it measured.

export interface Question {
  course: Course
  threads: number
  /** Whether to take the compiled steps again, too. */
  twice: boolean
}

const { course, threads, twice }: Question = JSON.parse(process.argv[2]!)
await openEngine('native', threads)
process.send!(measure(course, twice))
