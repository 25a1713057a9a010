import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { indexEntries } from '#stores/index-entries.ts'
import { MOST_SCANNED } from '#stores/members-of.ts'
import { addOlderJobs } from '#stores/older-jobs.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { appendEvent, epochMetrics, startJob } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { ONE_LAYER, postJob } from '#test/support/post-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

type Item = Record<string, unknown> & { id: string }

describe('the list of jobs', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const submit = (body?: object) => postJob(api.url, body)
  const list = async (query: string) => (await request(api.url).get(`/v1/jobs?${query}`)).body
  const ids = async (query: string) => (await list(query)).data.map(({ id }: Item) => id)
  const measured = async (validationAccuracy: number, sparsity: number, labels = {}) => {
    const id = await submit({ labels })
    await startJob(api.stores, id)
    await appendEvent(api.stores, id, 'epoch', epochMetrics(1, { validationAccuracy, sparsity }))
    return id
  }
  /** Reads all pages and calls a function between any two of them. */
  const pagesOf = async (query: string, between: () => Promise<unknown>) => {
    const seen: string[] = []
    for (let path = query; ; ) {
      const { data, hasMore, nextAfter } = await list(path)
      seen.push(...data.map(({ id }: Item) => id))
      assert.equal(hasMore, nextAfter !== null)
      if (!hasMore) return seen
      await between()
      path = `${query}&after=${nextAfter}`
    }
  }

  it('is filtered by statuses, name prefix, dataset, preset and time', async () => {
    const began = new Date().toISOString()
    const queued = await submit({ name: 'vision/first' })
    const cancelled = await submit({ name: 'vision/second' })
    await request(api.url).post(`/v1/jobs/${cancelled}/cancel`)
    const running = await submit({ name: 'text' })
    await startJob(api.stores, running)
    const other = await submit({ model: { preset: 'cifar10-cnn' }, dataset: { id: 'synthetic-cifar10' } })
    const since = `createdAfter=${new Date(Date.parse(began) - 1).toISOString()}`
    assert.deepEqual(await ids(`status=queued&status=cancelled&${since}`), [other, cancelled, queued])
    assert.deepEqual(await ids(`status=running&status=cancelled&${since}`), [running, cancelled])
    assert.deepEqual(await ids('name=vision/'), [cancelled, queued])
    assert.deepEqual(await ids('name=vision/&status=queued'), [queued])
    assert.deepEqual(await ids('datasetId=synthetic-cifar10'), [other])
    assert.deepEqual(await ids('preset=cifar10-cnn'), [other])
    assert.deepEqual(await ids(`order=asc&${since}`), [queued, cancelled, running, other])
    assert.deepEqual(await ids(`createdBefore=${began}`), [])
    assert.deepEqual(await ids('createdAfter=2999-01-01'), [])
  })

  it('is sorted by a metric, including ties, and pages omit or repeat nothing while jobs are submitted', async () => {
    const labels = { set: 'sorted' }
    const accuracies = [0.5, 0.9, 0.5, 0.5, 0.1, 1, 0.5]
    const made: { id: string; accuracy: number }[] = []
    for (const accuracy of accuracies) made.push({ id: await measured(accuracy, 0, labels), accuracy })
    const sorted = made
      .toSorted((a, b) => b.accuracy - a.accuracy || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id)
    const come = () => Promise.all([measured(0.5, 0.3), measured(0.95, 0.3), submit({ labels })])
    const query = 'label.set=sorted&limit=2&sort=validationAccuracy'
    assert.deepEqual(await pagesOf(query, come), sorted)
    assert.deepEqual(await pagesOf(`${query}&order=asc`, come), sorted.reverse())
    const best = await measured(0.2, 0.75)
    assert.equal((await ids('sort=sparsity&limit=1'))[0], best)
    await appendEvent(api.stores, best, 'epoch', epochMetrics(2, { sparsity: 0.01 }))
    assert.notEqual((await ids('sort=sparsity&limit=1'))[0], best)
    assert.equal((await ids('sort=sparsity&order=asc')).filter((id: string) => id === best).length, 1)
  })

  it('omits networks, layers and names of classes unless they are requested', async () => {
    const id = await submit({
      model: { topology: ONE_LAYER },
      dataset: { id: 'mnist' },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    })
    await startJob(api.stores, id)
    await appendEvent(api.stores, id, 'epoch', epochMetrics(1))
    const [short] = (await list('limit=1')).data
    assert.deepEqual(
      [short.spec.model, short.metrics.layers, short.metrics.epoch],
      [{ topology: null }, undefined, 1],
    )
    const [whole] = (await list('limit=1&include=topology&include=layers')).data
    assert.deepEqual(whole.spec.model.topology.layers, ONE_LAYER.layers)
    assert.equal(whole.metrics.layers.length, 1)
    assert.deepEqual(
      (await request(api.url).get(`/v1/jobs/${id}`)).body.spec.model.topology.layers,
      ONE_LAYER.layers,
    )
  })

  it('examines a bounded number of jobs per request, and the cursor continues after them', async () => {
    const found = await submit({ name: 'needle' })
    const hay = Array.from({ length: MOST_SCANNED + 300 }, () => newJob({ name: 'hay' }))
    await Promise.all(hay.map(job => storeJob(api.stores, job)))
    const first = await list('name=needle')
    assert.deepEqual([first.data, first.hasMore], [[], true])
    assert.deepEqual(await pagesOf('name=needle', async () => {}), [found])
  })

  it('includes jobs of earlier versions, which had no index by metric', async () => {
    const id = await measured(0.3, 0.999)
    const { redis, jobs } = api.stores
    const job = await jobs.require(id)
    for (const { key, member } of indexEntries(job)) if (member !== id) await redis.zrem(key, member)
    await redis.hdel(redisKeys.job(id), 'fixed')
    await redis.hset(redisKeys.job(id), 'state', JSON.stringify(job))
    assert.notEqual((await ids('sort=sparsity&limit=1'))[0], id)
    await addOlderJobs(redis)
    assert.equal((await ids('sort=sparsity&limit=1'))[0], id)
    const other = await api.connectAgain()
    assert.deepEqual(await other.jobs.require(id), job)
  })

  it('refuses an invalid parameter, sort, time or cursor, and lists the valid ones', async () => {
    for (const [query, path, message] of [
      ['statuss=queued', 'statuss', /Did you mean "status"/],
      ['sort=accuracy', 'sort', /one of: createdAt, validationAccuracy, sparsity/],
      ['status=queued&status=sleeping', 'status.1', /one of: queued/],
      ['createdAfter=yesterday', 'createdAfter', /2026-11-29T05:00:00Z/],
      [
        'sort=sparsity&after=job_00000000000000000000000000',
        'after',
        /not a cursor of a list sorted by sparsity/,
      ],
      ['limit=many', 'limit', /not a number \(NaN\)/],
    ] as const) {
      const { status, body } = await request(api.url).get(`/v1/jobs?${query}`)
      assert.deepEqual([status, body.errors[0].path], [400, path])
      assert.match(body.errors[0].message, message)
    }
  })
})

describe('the lists of datasets and models', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  it('are filtered by a name prefix, including the built-in ones', async () => {
    const { body } = await request(api.url).get('/v1/models?name=mnist-')
    assert.deepEqual(
      body.data.map(({ id }: Item) => id),
      ['mnist-mlp', 'mnist-lenet'],
    )
    for (let i = 0; i < 3; i++) {
      const spec = JSON.stringify({ name: i === 1 ? 'other' : `mnist-own-${i}`, topology: ONE_LAYER })
      assert.equal((await request(api.url).post('/v1/models').field('spec', spec)).status, 201)
    }
    const names: string[] = []
    for (let path = '/v1/models?name=mnist-&limit=1'; ; ) {
      const { body } = await request(api.url).get(path)
      names.push(...body.data.map(({ id, name }: Item) => name ?? id))
      if (!body.hasMore) break
      path = `/v1/models?name=mnist-&limit=1&after=${body.nextAfter}`
    }
    assert.deepEqual(names, ['mnist-own-2', 'mnist-own-0', 'mnist-mlp', 'mnist-lenet'])
    const datasets = await request(api.url).get('/v1/datasets?name=MNIST')
    assert.deepEqual(
      datasets.body.data.map(({ id }: Item) => id),
      ['mnist'],
    )
  })
})
