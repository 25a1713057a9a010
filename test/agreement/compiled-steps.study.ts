import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import {
  courseOf,
  describeSubject,
  SUBJECTS,
  type Subject,
  TWICE,
} from '#test/agreement/compiled-steps/cases.ts'
import type { Question } from '#test/agreement/compiled-steps/child.ts'
import type { Measured } from '#test/agreement/compiled-steps/measure.ts'
import { OPTIMIZERS } from '#test/agreement/compiled-steps/optimizers.ts'
import { describeResults } from '#test/agreement/compiled-steps/report.ts'
import { agrees } from '#test/agreement/trajectory/tolerance.ts'
import { askChild } from '#test/support/run-child.ts'
import { writeSection } from '#test/support/write-section.ts'

// Whether compiled steps are those kernel by kernel, for every preset and optimizer:
//   npm run bench -- agreement [--preset mnist-mlp ...] [--steps 200] [--dry]
// Ends with code 1 where they are not. --dry writes no results.

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', multiple: true },
    steps: { type: 'string', default: '200' },
    dry: { type: 'boolean', default: false },
  },
})
const ANSWER = new URL('./compiled-steps/child.ts', import.meta.url)
const steps = Number(options.steps)
const chosen = SUBJECTS.filter(({ preset }) => options.preset?.includes(preset) ?? true)
const results = new Map(chosen.map(subject => [describeSubject(subject), new Map<string, Measured>()]))
// A deep network's step waits for memory or for the one thread that gives the orders: with a thread each, several lose little.
const deep = trainingsOf(chosen.filter(({ isDeep }) => isDeep))
await Promise.all(Array.from({ length: availableParallelism() }, () => takeEach(deep, 1)))
await takeEach(trainingsOf(chosen.filter(({ isDeep }) => !isDeep)), availableParallelism())
const text = describeResults(results, steps)
if (options.dry) console.log(text)
else await writeSection('Compiled steps against steps kernel by kernel', text)
if (![...results.values()].every(measured => [...measured.values()].every(agrees))) process.exitCode = 1

function trainingsOf(subjects: readonly Subject[]) {
  return subjects.flatMap(subject => [...OPTIMIZERS.keys()].map(optimizer => ({ subject, optimizer })))
}

/** Several may take from one list. */
async function takeEach(waiting: ReturnType<typeof trainingsOf>, threads: number): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { subject, optimizer } = next
    const title = describeSubject(subject)
    const course = courseOf(subject, optimizer, steps)
    const question: Question = { course, threads, twice: optimizer === TWICE }
    const measured = await askChild<Measured>(ANSWER, question)
    results.get(title)!.set(optimizer, measured)
    console.log(`${title}, ${optimizer}: ${JSON.stringify(measured)}`)
  }
}
