import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { runChild } from '#test/support/run-child.ts'
import { writeSection } from '#test/support/write-section.ts'
import {
  type AgreementCase,
  CASES,
  describeCase,
  REPEATED_OPTIMIZER,
  specOf,
} from './compiled-steps/cases.ts'
import type { ChildInput } from './compiled-steps/child.ts'
import { agrees, type Measurement } from './compiled-steps/measure.ts'
import { OPTIMIZERS } from './compiled-steps/optimizers.ts'
import { describeResults } from './compiled-steps/report.ts'

// Whether compiled steps equal steps kernel by kernel, for every preset and optimizer:
//   npm run study -- compiled-steps [--preset mnist-mlp ...] [--steps 200] [--dry]
// Exits with code 1 if they do not. --dry writes no results.

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', multiple: true },
    steps: { type: 'string', default: '200' },
    dry: { type: 'boolean', default: false },
  },
})
const CHILD = new URL('./compiled-steps/child.ts', import.meta.url)
const steps = Number(options.steps)
const chosen = CASES.filter(({ preset }) => options.preset?.includes(preset) ?? true)
const results = new Map(chosen.map(chosenCase => [describeCase(chosenCase), new Map<string, Measurement>()]))
// A step of a deep network is limited by memory or by its main thread, so several at a time with one thread each lose little.
const deep = trainingsOf(chosen.filter(({ isDeep }) => isDeep))
await Promise.all(Array.from({ length: availableParallelism() }, () => runAll(deep, 1)))
await runAll(trainingsOf(chosen.filter(({ isDeep }) => !isDeep)), availableParallelism())
const text = describeResults(results, steps)
if (options.dry) console.log(text)
else await writeSection('Compiled steps against steps kernel by kernel', text)
if (![...results.values()].every(measured => [...measured.values()].every(agrees))) process.exitCode = 1

function trainingsOf(cases: readonly AgreementCase[]) {
  return cases.flatMap(agreementCase =>
    [...OPTIMIZERS.keys()].map(optimizer => ({ agreementCase, optimizer })),
  )
}

/** Takes trainings from a list, which several calls may share, until it is empty. */
async function runAll(waiting: ReturnType<typeof trainingsOf>, threads: number): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { agreementCase, optimizer } = next
    const title = describeCase(agreementCase)
    const spec = specOf(agreementCase, optimizer, steps)
    const input: ChildInput = { spec, threads, repeat: optimizer === REPEATED_OPTIMIZER }
    const measured = await runChild<Measurement>(CHILD, input)
    results.get(title)!.set(optimizer, measured)
    console.log(`${title}, ${optimizer}: ${JSON.stringify(measured)}`)
  }
}
