import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { openEngine } from '#workers/engine/open-engine.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Routine } from '#workers/engine/program.ts'

// A child process of train-step.bench.ts, with SIZES... in argv: sends the best rates of this machine, each the fastest of several trials.

/** The rates that a step is compared with. */
export interface Rates {
  /** Of a float32 product of two square matrices. */
  gemmGflops: number
  /**
   * For each number of float32 values, the milliseconds of reading and writing that many values, which is the cost of gRDA's accumulator.
   */
  passMs: Record<number, number>
}

const SIZE = 1024
const TRIALS = 40

await openEngine('native')
const square = () => tf.randomUniform([SIZE, SIZE])
const product: Routine = (_, { a, b }) => ({ outputs: { c: tf.matMul(a!, b!) } })
const call = { routine: 'product', inputs: { a: square(), b: square() } }
const program = openProgram({}, { product }, [call])
const productMs = fastest(() => tf.dispose(program.run(call)))
const rates: Rates = {
  gemmGflops: (2 * SIZE ** 3) / (productMs * 1e6),
  passMs: Object.fromEntries(process.argv.slice(2).map(size => [size, passMs(Number(size))])),
}
process.send!(rates, () => process.disconnect())

/** Milliseconds of a copy in which each thread copies its part. */
function passMs(size: number): number {
  const [from, to] = [new Float32Array(size), new Float32Array(size)]
  return fastest(() => to.set(from)) / availableParallelism()
}

/** Milliseconds of the fastest trial. */
function fastest(work: () => void): number {
  const times = Array.from({ length: TRIALS }, () => {
    const startedAt = performance.now()
    work()
    return performance.now() - startedAt
  })
  return Math.min(...times)
}
