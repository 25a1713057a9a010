import * as tf from '@tensorflow/tfjs-core'
import { openEngine } from '#workers/engine/engine.ts'
import { openProgram } from '#workers/engine/program.ts'

// A child of the bench: answers with the float32 GFLOP/s of a product of two square matrices, the best of some.

const SIZE = 1024
const PRODUCTS = 40

await openEngine('native')
const square = () => tf.randomUniform([SIZE, SIZE])
const call = { routine: 'product', inputs: { a: square(), b: square() } }
const program = openProgram({}, { product: (_, { a, b }) => ({ outputs: { c: tf.matMul(a!, b!) } }) }, [call])
let fastest = Number.POSITIVE_INFINITY
for (let i = 0; i < PRODUCTS; i++) {
  const startedAt = performance.now()
  tf.dispose(program.run(call))
  fastest = Math.min(fastest, performance.now() - startedAt)
}
process.send!((2 * SIZE ** 3) / (fastest * 1e6), () => process.disconnect())
