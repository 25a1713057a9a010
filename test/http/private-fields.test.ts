import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import { redisKeys } from '#stores/redis-keys.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { finishAnalysis, finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

const SECRET = 'only for the service'
const TOPOLOGY = {
  inputShape: [4],
  layers: [{ type: 'dense', name: 'out', units: 2, activation: 'linear', useBias: true }],
}

describe('a field of a stored record that no resource names', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const bodyOf = async (path: string, headers = {}) => {
    const { status, text } = await request(api.url).get(path).set(headers)
    assert.equal(status, 200, text)
    return text
  }
  /** Every frame up to the close of the socket, or up to the `end` of a job. */
  const framesOf = async (path: string, ...wishes: object[]) => {
    const socket = new WebSocket(api.url.replace('http', 'ws') + path)
    let text = ''
    socket.on('open', () => {
      for (const wish of wishes) socket.send(JSON.stringify(wish))
    })
    socket.on('message', data => {
      text += String(data)
      if (wishes.length > 0 && JSON.parse(String(data)).type === 'end') socket.close()
    })
    await once(socket, 'close')
    return text
  }

  /** A finished job whose record, events and idempotent answer all have the field. */
  async function makeJob(): Promise<string> {
    const job = { ...newJob(), secret: SECRET }
    await storeJob(api.stores, job)
    await startJob(api.stores, job.id)
    await appendEvent(api.stores, job.id, 'epoch', { ...epochMetrics(1), secret: SECRET } as never)
    await succeed(api.stores, job.id)
    const stored = await api.stores.redis.hget(redisKeys.job(job.id), 'state')
    assert.ok(stored?.includes(SECRET))
    return job.id
  }

  it('is in no answer and no frame about a job', async () => {
    const id = await makeJob()
    const subscribe = { subscribe: { jobId: id, after: 0 } }
    const texts = {
      job: await bodyOf(`/v1/jobs/${id}`),
      list: await bodyOf('/v1/jobs?include=topology&include=layers&include=dataset'),
      events: await bodyOf(`/v1/jobs/${id}/events`),
      metrics: await bodyOf(`/v1/jobs/${id}/metrics`),
      'server-sent events': await bodyOf(`/v1/jobs/${id}/events`, { accept: 'text/event-stream' }),
      stream: await framesOf(`/v1/jobs/${id}/stream`),
      'stream of many jobs': await framesOf('/v1/stream', subscribe),
    }
    for (const [name, text] of Object.entries(texts)) {
      assert.ok(text.includes(name === 'metrics' ? 'trainLoss' : id), name)
      assert.ok(!text.includes('secret') && !text.includes(SECRET), `${name}: ${text}`)
    }
  })

  it('is in no answer to an action on a job', async () => {
    const job = { ...newJob(), secret: SECRET }
    await storeJob(api.stores, job)
    const self = `/v1/jobs/${job.id}`
    const answers = {
      change: await request(api.url).patch(self).send({ name: 'x' }),
      pause: await request(api.url).post(`${self}/pause`),
      resume: await request(api.url).post(`${self}/resume`),
      cancel: await request(api.url).post(`${self}/cancel`),
      clone: await request(api.url).post(`${self}/clone`),
    }
    for (const [name, { status, text, body }] of Object.entries(answers)) {
      assert.ok(status < 300 && body.id, `${name}: ${text}`)
      assert.ok(!text.includes('secret') && !text.includes(SECRET), `${name}: ${text}`)
    }
  })

  it('is in no progress frame', async () => {
    const { id } = await storeJob(api.stores)
    await startJob(api.stores, id)
    const frame = {
      jobId: id,
      attempt: 1,
      epoch: 1,
      step: 5,
      stepsPerEpoch: 469,
      loss: 1,
      examplesPerSecond: 1,
    }
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/${id}/stream`)
    const progress = new Promise<string>(resolve => {
      socket.on('message', data => {
        const { type } = JSON.parse(String(data))
        if (type === 'progress') resolve(String(data))
        // The replay has ended, so frames published now are received.
        if (type === 'started')
          void api.stores.events.publishProgress({ type: 'progress', ...frame, secret: SECRET } as never)
      })
    })
    assert.deepEqual(JSON.parse(await progress), { type: 'progress', ...frame })
    socket.close()
  })

  it('is in no answer about a dataset or a model', async () => {
    const { datasets, models } = api.stores
    const common = { name: 'x', createdAt: new Date().toISOString(), secret: SECRET }
    const facts = { dtype: 'float32', inputShape: [4], classes: ['a', 'b'], splits: { train: 9, test: 0 } }
    const ready = { status: 'ready', sha256: '0'.repeat(64), sizeBytes: 9, facts, secret: SECRET }
    const ids = ['a', 'b'].map(letter => letter.repeat(26))
    const [dataset, waiting, model] = [`dataset_${ids[0]}`, `dataset_${ids[1]}`, `model_${ids[0]}`]
    await datasets.create({ ...common, id: dataset, state: ready } as never)
    await datasets.create({ ...common, id: waiting, state: { status: 'validating', owner: SECRET } } as never)
    await models.create({ ...common, id: model, model: { topology: TOPOLOGY } } as never)
    for (const path of [
      '/v1/datasets',
      `/v1/datasets/${dataset}`,
      `/v1/datasets/${waiting}`,
      '/v1/models',
      `/v1/models/${model}`,
    ]) {
      const text = await bodyOf(path)
      assert.ok(
        text.includes('"x"') && !text.includes('secret') && !text.includes(SECRET),
        `${path}: ${text}`,
      )
    }
  })

  it('is in no answer about a sweep', async () => {
    const body = {
      base: { model: { preset: 'mnist-mlp' } },
      search: { method: 'grid' },
      space: { 'optimizer.c': [0.001] },
    }
    const { id } = (await request(api.url).post('/v1/sweeps').send(body)).body
    const key = redisKeys.sweep(id)
    const { request: stored, state } = await api.stores.redis.hgetall(key)
    const spoilt = JSON.parse(state!)
    const [trial] = spoilt.state.trials
    trial.secret = SECRET
    trial.runs[0] = { ...trial.runs[0], metrics: { epoch: 1, secret: SECRET }, secret: SECRET }
    const withSecret = (text: object) => JSON.stringify({ ...text, secret: SECRET })
    await api.stores.redis.hset(key, {
      request: withSecret(JSON.parse(stored!)),
      state: withSecret({ ...spoilt, state: { ...spoilt.state, secret: SECRET } }),
    })
    const cancelled = await request(api.url).post(`/v1/sweeps/${id}/cancel`)
    for (const text of [
      await bodyOf('/v1/sweeps'),
      await bodyOf(`/v1/sweeps/${id}`),
      JSON.stringify(cancelled.body),
    ])
      assert.ok(text.includes(id) && !text.includes('secret') && !text.includes(SECRET), text)
  })

  it('is in no answer about an analysis, nor are the spec and the request that it stores', async () => {
    const { id } = await newAnalysis(api.stores, await finishedJob(api.stores))
    await finishAnalysis(api.stores, id, { models: [] })
    await api.stores.analyses.revise(id, analysis => ({ ...analysis, secret: SECRET }) as never)
    for (const part of ['/events', '/artifacts'])
      assert.ok(!(await bodyOf(`/v1/analyses/${id}${part}`)).includes(SECRET), part)
    const { body } = await request(api.url).get('/v1/analyses')
    assert.equal(body.data[0].id, id)
    assert.ok(!JSON.stringify(body).includes(SECRET))
    assert.deepEqual([body.data[0].spec, body.data[0].analysis], [undefined, undefined])
  })
})

describe('the resource of a job', () => {
  it('is the same in an answer and in the snapshot of a stream', async () => {
    const api = await startApi()
    const { id } = await storeJob(api.stores, { ...newJob(), secret: SECRET } as never)
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/${id}/stream`)
    const [data] = await once(socket, 'message')
    const { body } = await request(api.url).get(`/v1/jobs/${id}`)
    assert.deepEqual(JSON.parse(String(data)).job, body)
    socket.close()
    await api.stop()
  })
})
