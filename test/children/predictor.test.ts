import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import { Predictor } from '#children/predictor.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { childrenOf } from '#test/support/children-of.ts'
import { recordOf } from '#test/support/record.ts'

const { spec, checkpoint } = recordOf('mnist-mlp', 0.02)
const file = encodeCheckpoint(checkpoint!, { training: trainingText(spec), engine: 'test' })
const source = { spec, checkpoint: { sizeBytes: file.length, load: () => Promise.resolve(file) } }
const inputs = { count: 2, x: new Uint8Array(2 * 784).fill(100) }

const childrenNow = () => childrenOf(process.pid, 'predict-process')

describe('the child that predicts', () => {
  const predictor = new Predictor()
  after(() => predictor.close())

  it('is started ahead, and answers the first request', async () => {
    await predictor.warmUp()
    const started = childrenNow()
    assert.equal(started.length, 1)
    const { outputs } = await predictor.predict({ model: 'a', inputs }, source)
    assert.equal(outputs.length, 20)
    assert.deepEqual(outputs.slice(0, 10), outputs.slice(10))
    assert.ok(Math.abs(outputs.slice(0, 10).reduce((sum, share) => sum + share, 0) - 1) < 1e-5)
    assert.deepEqual(childrenNow(), started)
  })

  it('has not loaded TensorFlow', async () => {
    const [pid] = childrenNow()
    const maps = await readFile(`/proc/${pid}/maps`, 'utf8')
    assert.ok(maps.includes('node') && !/tensorflow|tfjs/i.test(maps))
  })
})
