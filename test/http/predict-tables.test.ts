import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { PREDICT } from '#children/child-limits.ts'
import { Predictor } from '#children/predictor.ts'
import { digestWeights, encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { createApp } from '#src/app.ts'
import { newId } from '#stores/new-id.ts'
import { appendEvent, epochMetrics, startJob } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const layers = [
  {
    type: 'dense',
    units: 1,
    activation: 'linear',
    kernelInitializer: 'zeros',
    biasInitializer: 'zeros',
    name: 'out',
  },
]
const weight = (name: string, shape: number[], values: number[]): FloatTensor => ({
  name,
  shape,
  dtype: 'F32',
  data: Float32Array.from(values),
})
/** age + 10 height + 0.5 */
const WEIGHTS = [weight('out/kernel', [2, 1], [1, 10]), weight('out/bias', [1], [0.5])]

describe('a model trained on a table', () => {
  let api: Api
  let path: string
  before(async () => {
    api = await startApi()
    const datasetId = newId('dataset')
    await api.stores.datasets.create({
      id: datasetId,
      name: 'people',
      createdAt: new Date().toISOString(),
      state: {
        status: 'ready',
        sha256: '0'.repeat(64),
        sizeBytes: 1,
        facts: {
          dtype: 'float32',
          inputShape: [2],
          classes: [],
          targets: 1,
          splits: { train: 1000, test: 0 },
          columns: ['age', 'height'],
          labelColumns: ['weight'],
        },
      },
    })
    const { body } = await request(api.url)
      .post('/v1/jobs')
      .send({
        model: { topology: { inputShape: [2], layers } },
        dataset: { id: datasetId },
        optimizer: { name: 'sgd', learningRate: 0.1 },
        loss: 'meanSquaredError',
      })
      .expect(({ status, text }) => assert.equal(status, 201, text))
    const { spec } = await api.stores.jobs.require(body.id)
    await startJob(api.stores, body.id)
    const state = { clock: { step: 1 }, variables: { params: WEIGHTS } }
    const file = encodeCheckpoint(
      { state, weights: digestWeights(WEIGHTS), epoch: 1 },
      { training: trainingText(spec), engine: 'test' },
    )
    await appendEvent(api.stores, body.id, 'epoch', epochMetrics(1, { step: 1 }))
    const stored = await api.stores.blobs.put(body.id, [file])
    await appendEvent(api.stores, body.id, 'checkpointed', {
      epoch: 1,
      step: 1,
      validationLoss: 1,
      ...stored,
    })
    await request(api.url).post(`/v1/jobs/${body.id}/cancel`)
    await appendEvent(api.stores, body.id, 'cancelled', {})
    path = `/v1/jobs/${body.id}/predict`
  })
  after(() => api.stop())
  const ask = (csv: string) => request(api.url).post(path).set('content-type', 'text/csv').send(csv)

  it('finds columns by their names, in any order and among other columns', async () => {
    const { body } = await ask('name,height,age\nAda,2,30\nBob,1.5,20\n')
    assert.deepEqual(body, { outputs: [[50.5], [35.5]], outputNames: ['weight'] })
    assert.deepEqual((await ask('30,2\n20,1.5\n')).body.outputs, [[50.5], [35.5]])
  })

  it('reads booleans as in tables of datasets, also in a first row without a header', async () => {
    assert.deepEqual((await ask('True,2\nfalse,1.5\n')).body.outputs, [[21.5], [15.5]])
  })

  it('refuses predictions with 503 while the tenant has too many in progress', async () => {
    const predictor = new Predictor({ ...PREDICT, pool: { ...PREDICT.pool, perTenant: 2 } })
    const app = await createApp(api.stores, { ...api.children, predictor }, {})
    const headers = { host: 'localhost', 'content-type': 'text/csv' }
    const post = () => app.inject({ method: 'POST', url: path, headers, body: '30,2\n' })
    // The first two start a process, which takes much longer than to refuse the others.
    const answers = await Promise.all(Array.from({ length: 5 }, post))
    await app.close()
    await predictor.close()
    assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [200, 200, 503, 503, 503])
    assert.equal(answers.find(({ statusCode }) => statusCode === 503)!.headers['retry-after'], '1')
  })

  it('returns non-finite outputs as strings', async () => {
    assert.deepEqual((await ask('3.4028234663852886e38,3e38\n')).body.outputs, [['Infinity']])
  })

  it('refuses numbers beyond float32 by their place, in each format', async () => {
    const beyond = [
      ['application/json', '{"inputs": [[1, 2], [1, 1e39]]}', 'inputs.1.1'],
      ['application/json', '{"inputs": [[-1e400, 2]]}', 'inputs.0.0'],
      ['application/jsonl', '[1, 2]\n[1, -1e39]', 'line 2.1'],
      ['text/csv', '1,2\n1e39,2\n', 'row 2, column "age"'],
    ]
    for (const [type, text, where] of beyond) {
      const { status, body } = await request(api.url).post(path).set('content-type', type!).send(text)
      assert.deepEqual([status, body.errors[0].path], [400, where])
      assert.match(body.errors[0].message, /float32, whose largest number is 3\.4028234663852886e\+38/)
    }
  })

  it('refuses bodies that are too large without parsing them', async () => {
    const megabytes = 1024 * 1024
    for (const [type, text, status, message] of [
      ['application/json', '['.repeat(20_000), 400, /too many levels of arrays: an example is 2/],
      [
        'application/json',
        `{"inputs":[${'[1],'.repeat(10_000)}1]}`,
        400,
        /too many numbers: an example is 2/,
      ],
      ['application/json', `[${'{"a":1},'.repeat(500)}1]`, 400, /without objects/],
      ['application/json', '['.repeat(15 * megabytes), 413, /may have at most 98304 characters/],
      ['application/jsonl', `\n[${'1,'.repeat(10_000)}1]`, 400, /too many numbers/],
      ['text/csv', '1,'.repeat(megabytes), 400, /has more than 257000 cells/],
      ['application/jsonl', '\n'.repeat(15 * megabytes), 400, /at least one example/],
    ] as const) {
      const before = process.cpuUsage()
      const answer = await request(api.url).post(path).set('content-type', type).send(text)
      const { user } = process.cpuUsage(before)
      assert.equal(answer.status, status, answer.text)
      assert.match(answer.body.detail, message)
      assert.ok(user < 1_500_000, `${user} us for ${text.slice(0, 20)}`)
    }
  })

  it('lists the accepted content types when it refuses another', async () => {
    for (const type of ['text/plain', 'application/jsonlines']) {
      const { status, body } = await request(api.url).post(path).set('content-type', type).send('1,2')
      assert.equal(status, 415)
      assert.match(body.detail, /application\/json.*application\/jsonl.*text\/csv.*image.*multipart/)
    }
    const { status, body } = await request(api.url).post(path)
    assert.deepEqual([status, body.code], [400, 'malformed_body'])
  })

  it('refuses an empty image, and ignores empty lines', async () => {
    for (const [type, where] of [
      ['image/png', 'image'],
      ['application/jsonl', 'inputs'],
    ] as const) {
      const { status, body } = await request(api.url).post(path).set('content-type', type).send('')
      assert.deepEqual([status, body.errors[0].path], [400, where])
    }
  })

  it('names the row and column of a mistake', async () => {
    for (const [csv, where, message] of [
      ['name,age\nAda,30\n', 'row 1', /no column "height"; its columns are: name, age/],
      ['height,age\n1,2\n1,old\n', 'row 3, column "age"', /finite number, not "old"/],
      ['height,age\n1\n', 'row 2', /1 cells instead of 2/],
      ['30,\n', 'row 1, column "height"', /is empty/],
      ['"30,2\n', 'body', /is not CSV/],
      ['age,height\n', 'inputs', /at least one example/],
      ['', 'inputs', /at least one example/],
      ['1,2\n'.repeat(257), 'inputs', /at most 256 examples/],
    ] as const) {
      const { status, body } = await ask(csv)
      assert.deepEqual([status, body.errors[0].path], [400, where])
      assert.match(body.errors[0].message, message)
    }
  })
})
