import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { bytesToFloats, uploadBytes } from '#workers/engine/bytes.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openCompiledProgram } from '#workers/engine/native/graph/compiled-program.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import type { Routines } from '#workers/engine/program.ts'

await openEngine('native')

const ROUTINES: Routines = {
  /** sum <- sum + x, count <- count + 1; outputs the previous sum. */
  add: ({ total }, { x }) => ({
    outputs: { before: total!.sum! },
    variables: { total: { sum: tf.add(total!.sum!, x!), count: tf.add(total!.count!, 1) } },
  }),
  /** The same with bytes, and no output. */
  count: ({ total }, { bytes }) => ({
    outputs: {},
    variables: { total: { sum: tf.add(total!.sum!, tf.sum(bytesToFloats(bytes!), 1)) } },
  }),
  mean: ({ total }) => ({ outputs: { mean: tf.div(total!.sum!, total!.count!) } }),
}

function variables() {
  return { total: { sum: tf.tensor1d([1, 2]), count: tf.scalar(0) } }
}

for (const [kind, open] of Object.entries({ eager: openEagerProgram, compiled: openCompiledProgram })) {
  test(`the ${kind} program keeps its variables between calls and disposes everything else`, () => {
    const before = [tf.memory().numTensors, nativeTensors()]
    tf.tidy(() => {
      const x = tf.tensor1d([10, 20])
      const add = { routine: 'add', inputs: { x } }
      const mean = { routine: 'mean', inputs: {} }
      const program = open(variables(), ROUTINES, [add, mean])
      assert.deepEqual([...program.run(add).before!.dataSync()], [1, 2])
      assert.deepEqual([...program.run(add).before!.dataSync()], [11, 22])
      assert.deepEqual([...program.run(mean).mean!.dataSync()], [10.5, 21])
      assert.deepEqual(
        program.read('total'),
        new Map([
          ['sum', Float32Array.of(21, 42)],
          ['count', Float32Array.of(2)],
        ]),
      )
      program.dispose()
    })
    assert.deepEqual([tf.memory().numTensors, nativeTensors()], before)
  })
}

for (const [kind, open] of Object.entries({ eager: openEagerProgram, compiled: openCompiledProgram })) {
  test(`the ${kind} program computes with the variables that were written, and owns them`, () => {
    const before = [tf.memory().numTensors, nativeTensors()]
    tf.tidy(() => {
      const add = { routine: 'add', inputs: { x: tf.tensor1d([10, 20]) } }
      const mean = { routine: 'mean', inputs: {} }
      const program = open(variables(), ROUTINES, [add, mean])
      tf.dispose(program.run(add))
      program.write('total', { sum: tf.tensor1d([6, 9]), count: tf.scalar(3) })
      assert.deepEqual([...program.run(mean).mean!.dataSync()], [2, 3])
      assert.deepEqual([...program.run(add).before!.dataSync()], [6, 9])
      assert.deepEqual(program.read('total').get('count'), Float32Array.of(4))
      program.dispose()
    })
    assert.deepEqual([tf.memory().numTensors, nativeTensors()], before)
  })
}

for (const [kind, open] of Object.entries({ eager: openEagerProgram, compiled: openCompiledProgram })) {
  test(`the ${kind} program accepts bytes, and routines without outputs`, () => {
    const before = nativeTensors()
    // Six bytes are not a whole number of int32s.
    for (const width of [2, 3]) {
      tf.tidy(() => {
        const call = (bytes: number[]) => ({
          routine: 'count',
          inputs: { bytes: uploadBytes(Uint8Array.from(bytes), [2, width]) },
        })
        const program = open(variables(), ROUTINES, [call(Array(2 * width).fill(0))])
        assert.deepEqual(program.run(call([255, 1, 2, 3, 4, 5].slice(0, 2 * width))), {})
        assert.deepEqual(
          program.read('total').get('sum'),
          width === 2 ? Float32Array.of(257, 7) : Float32Array.of(259, 14),
        )
        program.dispose()
      })
    }
    assert.equal(nativeTensors(), before)
  })
}

test('a routine that reads a value cannot become a graph', () => {
  const peek: Routines = {
    peek: (_, { x }) => ({ outputs: { doubled: tf.scalar(2 * x!.dataSync()[0]!) } }),
  }
  tf.tidy(() => {
    const call = { routine: 'peek', inputs: { x: tf.tensor1d([1]) } }
    assert.throws(() => openCompiledProgram(variables(), peek, [call]), /read the value of a tensor/)
  })
})

function nativeTensors(): number {
  return (tf.backend() as unknown as { getNumOfTFTensors(): number }).getNumOfTFTensors()
}
