import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { describe, it, test } from 'node:test'
import { promisify } from 'node:util'
import { testEngine } from './engine-contract.ts'

const run = promisify(execFile)

testEngine('wasm')

describe('a process with the wasm engine', () => {
  it('computes on every core, ends by itself and keeps its listeners for uncaught errors', async () => {
    const expected = { threads: Math.min(8, availableParallelism()), sum: 64 ** 3, listeners: 1 }
    assert.deepEqual(await multiplyInProcess(''), expected)
  })

  it('computes on one thread when memory cannot be shared', async () => {
    const { threads, sum } = await multiplyInProcess('delete globalThis.SharedArrayBuffer')
    assert.deepEqual({ threads, sum }, { threads: 1, sum: 64 ** 3 })
  })
})

test('the wasm engine throws when its memory is used up, and overwrites nothing', async () => {
  const code = `
    import * as tf from '@tensorflow/tfjs-core'
    import { openEngine } from '#workers/engine/open-engine.ts'
    await openEngine('wasm')
    const before = tf.tensor1d([1, 2, 3])
    const allocate = () => tf.backend().write(null, [100_000_000], 'float32')
    let message
    for (let count = 0; count < 20 && !message; count++) {
      try { allocate() } catch (error) { message = error.message }
    }
    console.log(JSON.stringify({ message, values: [...before.dataSync()] }))`
  const { message, values } = await printed(code)
  assert.match(message, /could not allocate memory: 400000000 bytes/)
  assert.deepEqual(values, [1, 2, 3])
})

async function multiplyInProcess(
  prepare: string,
): Promise<{ threads: number; sum: number; listeners: number }> {
  const code = `
    import * as tf from '@tensorflow/tfjs-core'
    import { openEngine } from '#workers/engine/open-engine.ts'
    ${prepare}
    process.on('uncaughtException', console.error)
    const { threads } = await openEngine('wasm')
    const ones = tf.ones([64, 64])
    const sum = tf.sum(tf.matMul(ones, ones)).dataSync()[0]
    console.log(JSON.stringify({ threads, sum, listeners: process.listenerCount('uncaughtException') }))`
  return await printed(code)
}

/** Runs the code in a process of its own and parses what it prints. */
async function printed(code: string) {
  const { stdout } = await run(process.execPath, ['--import=tsx', '--input-type=module', '--eval', code])
  return JSON.parse(stdout)
}
