import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { openEngine } from '#workers/engine/open-engine.ts'
import { openProgram } from '#workers/engine/open-program.ts'
import type { Routine } from '#workers/engine/program.ts'

// A child of the bench: SIZES..., answers with what this machine can do at best, each the fastest of some.

/** What a step is measured against. */
export interface Rates {
  /** float32, of a product of two square matrices. */
  gemmGflops: number
  /** By number of float32 values: milliseconds of reading all of them and writing others, which is what gRDA's accumulator costs. */
  passMs: Record<number, number>
}

const SIDE = 1024
const TRIALS = 40

await openEngine('native')
const square = () => tf.randomUniform([SIDE, SIDE])
const product: Routine = (_, { a, b }) => ({ outputs: { c: tf.matMul(a!, b!) } })
const call = { routine: 'product', inputs: { a: square(), b: square() } }
const program = openProgram({}, { product }, [call])
const productMs = fastest(() => tf.dispose(program.run(call)))
const rates: Rates = {
  gemmGflops: (2 * SIDE ** 3) / (productMs * 1e6),
  passMs: Object.fromEntries(process.argv.slice(2).map(size => [size, passMs(Number(size))])),
}
process.send!(rates, () => process.disconnect())

/** Of a copy, which every thread makes its part of. */
function passMs(size: number): number {
  const [from, to] = [new Float32Array(size), new Float32Array(size)]
  return fastest(() => to.set(from)) / availableParallelism()
}

/** Milliseconds. */
function fastest(work: () => void): number {
  const times = Array.from({ length: TRIALS }, () => {
    const startedAt = performance.now()
    work()
    return performance.now() - startedAt
  })
  return Math.min(...times)
}
