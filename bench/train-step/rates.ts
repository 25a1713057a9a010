import * as tf from '@tensorflow/tfjs-core'
import { openEngine } from '#workers/engine/engine.ts'
import { type Call, openProgram, type Routine } from '#workers/engine/program.ts'

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
const productMs = fastest({}, product, { a: square(), b: square() })
const move: Routine = ({ held }, { by }) => {
  const v = tf.sub(held!.v!, by!)
  return { outputs: { done: by! }, variables: { held: { v } } }
}
const sizes = process.argv.slice(2).map(Number)
const passMs = (size: number) => fastest({ held: { v: tf.zeros([size]) } }, move, { by: tf.scalar(1) })
const callMs = passMs(1)
const rates: Rates = {
  gemmGflops: (2 * SIDE ** 3) / (productMs * 1e6),
  passMs: Object.fromEntries(sizes.map(size => [size, passMs(size) - callMs])),
}
process.send!(rates, () => process.disconnect())

/** Milliseconds. */
function fastest(variables: Parameters<typeof openProgram>[0], routine: Routine, inputs: Call['inputs']) {
  const call = { routine: 'only', inputs }
  const program = openProgram(variables, { only: routine }, [call])
  const times = Array.from({ length: TRIALS }, () => {
    const startedAt = performance.now()
    tf.dispose(program.run(call))
    return performance.now() - startedAt
  })
  program.dispose()
  return Math.min(...times)
}
