import { setTimeout as pause } from 'node:timers/promises'
import { median } from '#test/support/median.ts'
import type { Loaded } from './runtimes.ts'

const MOST_ROUNDS = 9
const LEAST_ROUNDS = 3
const ROUND_MS = 150
/** What all rounds of a comparison may take. */
const BUDGET_MS = 12_000
/** The threads of ONNX Runtime look for more work for some 40 ms after a run, on the cores of what is measured next. */
const REST_MS = 100
const TOLERANCE = 1e-3

/** The time of the first in ms, and the median ratios of the others' times to it, in alternating rounds. @throws Error if their outputs differ */
export async function compare(runs: readonly Loaded[], threads: number): Promise<number[]> {
  const startedAt = performance.now()
  await compareOutputs(runs)
  const times = runs.map((): number[] => [])
  for (const run of runs) await time(run, threads)
  const round = performance.now() - startedAt
  const rounds = Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, Math.floor(BUDGET_MS / round)))
  for (let round = 0; round < rounds; round++)
    for (const [index, run] of runs.entries()) times[index]!.push(await time(run, threads))
  const [first, ...others] = times
  const ratios = others.map(other => median(other.map((ms, round) => ms / first![round]!)))
  return [median(first!), ...ratios]
}

/** The time of one run in ms, once its threads are awake and those of others asleep: of the processor if one thread computes, which other programs disturb less. */
async function time({ run }: Loaded, threads: number): Promise<number> {
  const now = () => {
    if (threads > 1) return performance.now()
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  await pause(REST_MS)
  await run()
  const start = now()
  let runs = 0
  do {
    await run()
    runs += 1
  } while (now() - start < ROUND_MS)
  return (now() - start) / runs
}

/** So that all compute the same. */
async function compareOutputs([first, ...others]: readonly Loaded[]): Promise<void> {
  const expected = Float32Array.from(await first!.run())
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (const { name, run } of others) {
    const outputs = await run()
    const difference = expected.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - outputs[index]!)),
      0,
    )
    if (!(difference <= TOLERANCE * largest))
      throw new Error(`${name} computes outputs that differ by ${difference}; the largest is ${largest}.`)
  }
}
