import * as tf from '@tensorflow/tfjs-core'
import type { Engine, EngineName } from './engine.ts'
import { openEngine } from './open-engine.ts'
import { grdaStep } from './ops/grda-step.ts'

// A child process of chooseEngine: opens the engine named in argv, checks its arithmetic and sends the outcome.
// A library that was built for another CPU then crashes this process instead of a job's.

/** The message of this process to its parent. */
export type SmokeTestOutcome = { engine: Engine } | { reason: string }

const outcome: SmokeTestOutcome = await openAndCheck(process.argv[2] as EngineName).then(
  engine => ({ engine }),
  error => ({ reason: error instanceof Error ? firstLine(error.message) : String(error) }),
)
process.send!(outcome, () => process.disconnect())

async function openAndCheck(name: EngineName): Promise<Engine> {
  const engine = await openEngine(name)
  expectValues('add', tf.add([1, 2], [3, 4]), [4, 6])
  const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
  const filter = tf.tensor4d([1, 2, 3, 4], [2, 2, 1, 1])
  const halfSquares = (...[x, w]: tf.Tensor[]): tf.Tensor =>
    tf.mul(0.5, tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'))))
  const [toImage, toFilter] = tf.grads(halfSquares)([image, filter])
  expectValues('convolution gradient to the image', toImage!, [37, 121, 94, 178, 500, 342, 201, 499, 308])
  expectValues('convolution gradient to the filter', toFilter!, [784, 1012, 1468, 1696])
  const { accumulator, weights } = grdaStep(
    tf.tensor1d([4, -4, 1]),
    tf.tensor1d([2, 2, 2]),
    tf.scalar(0.5),
    tf.scalar(1),
  )
  expectValues("the optimizer step's accumulator", accumulator, [3, -5, 0])
  expectValues("the optimizer step's weights", weights, [2, -4, 0])
  return engine
}

function expectValues(what: string, actual: tf.Tensor, expected: number[]): void {
  const values = Array.from(actual.dataSync())
  // Integers this small are exact in float32, in any order of summation.
  if (values.some((value, i) => value !== expected[i])) {
    throw new Error(`${what} returned ${values} instead of ${expected}`)
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.trim().replace(/\.$/, '')
}
