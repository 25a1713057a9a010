import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import request from 'supertest'
import { DEFAULT_TENANT } from '#access/owner.ts'
import type { NewEvent } from '#domain/event.ts'
import { begin } from '#domain/job-decisions.ts'
import { createApp } from '#src/app.ts'
import { newId } from '#stores/new-id.ts'
import { redisKeys, tenantKeys } from '#stores/redis-keys.ts'
import { addArtifact, appendEvent, epochMetrics, startJob } from '#test/support/drive-job.ts'
import { finishedJob } from '#test/support/finished-job.ts'
import { makeDatasets } from '#test/support/make-datasets.ts'
import { makeSweeps } from '#test/support/make-sweeps.ts'
import { newJob } from '#test/support/new-job.ts'
import { promisedAnswers } from '#test/support/promised-answers.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'
import { storeWebhook } from '#test/support/tenant-records.ts'

const layer = (class_name: string, config: object) => ({ class_name, config })
const PRESETS = ['mnist-mlp', 'mnist-lenet', 'cifar10-cnn', 'vgg16', 'wrn-28-10'] as const
const TOPOLOGY = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { name: 'in', batch_shape: [null, 2] }),
      layer('Dense', { name: 'out', units: 2 }),
    ],
  },
}

const TRADEOFF = {
  step: 469,
  parameters: 100,
  recalibration: { batches: 2, batchSize: 10 },
  points: [
    {
      ...{ rule: 'magnitude', scope: 'layer', sparsity: 0.9, nonzero: 10, pareto: true, own: true },
      ...{ sizeBytes: { sparse: 2, zst: 1 }, validationLoss: 1, validationMeanAbsoluteError: 1 },
    },
  ],
}

describe('every stored record', () => {
  let test: TestStores
  let app: FastifyInstance
  let folder: string
  const logged: Record<string, unknown>[] = []
  const get = (path: string) => request(app.server).get(path)

  before(async () => {
    test = await startStores()
    folder = await mkdtemp(join(tmpdir(), 'thresher-records-'))
    const sink = new Writable({
      write(line, _encoding, done) {
        logged.push(JSON.parse(String(line)))
        done()
      },
    })
    const options = { datasetsDir: folder, uploadsDir: join(folder, 'uploads'), patienceMs: 120_000 }
    app = await createApp(test.stores, test.children, { ...options, logger: pino({ level: 'error' }, sink) })
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  after(async () => {
    await app.close()
    await test.stop()
    await rm(folder, { recursive: true })
  })

  /** Events that lead a new job to each status. */
  const HISTORIES: readonly (readonly NewEvent['type'][])[] = [
    [],
    ['started'],
    ['started', 'epoch', 'checkpointed', 'artifact', 'warning'],
    ['started', 'restarted'],
    ['started', 'pausing'],
    ['started', 'pausing', 'paused'],
    ['started', 'cancelling'],
    ['started', 'epoch', 'checkpointed', 'succeeded'],
    ['started', 'failed'],
    ['cancelled'],
  ]
  async function makeJob(history: readonly NewEvent['type'][], change: Parameters<typeof newJob>[0] = {}) {
    const { id } = await storeJob(test.stores, newJob(change))
    const data: Partial<Record<NewEvent['type'], object>> = {
      epoch: epochMetrics(1),
      checkpointed: { epoch: 1, step: 469, validationLoss: 1, sizeBytes: 9, sha256: '0'.repeat(64) },
      warning: { code: 'x', path: 'optimizer.c', message: 'is large' },
      restarted: { reason: 'shutdown', fromEpoch: 0 },
      failed: { error: { code: 'internal', message: 'x', retryable: false } },
    }
    for (const type of history) {
      if (type === 'started') await startJob(test.stores, id)
      else if (type === 'artifact') {
        await addArtifact(test.stores, id, 'metrics.csv', Buffer.from('epoch\r\n'))
        await addArtifact(test.stores, id, 'tradeoff.json', Buffer.from(JSON.stringify(TRADEOFF)))
      } else await appendEvent(test.stores, id, type, (data[type] ?? {}) as never)
    }
    return id
  }

  async function submitOwn(datasetId: string): Promise<string> {
    const optimizer = { name: 'sgd', learningRate: 0.1 }
    const few = { batchSize: 1, validation: { fraction: 0.5 } }
    const job = { model: { topology: TOPOLOGY }, dataset: { id: datasetId }, optimizer, ...few }
    const { status, body } = await request(app.server).post('/v1/jobs').send(job)
    assert.equal(status, 201, JSON.stringify(body))
    return body.id
  }

  async function makeModels(): Promise<string[]> {
    const common = { name: 'x', createdAt: new Date().toISOString() }
    const weights = { sha256: '0'.repeat(64), sizeBytes: 9, hasState: true }
    const record = { ...common, id: newId('model'), model: { preset: 'mnist-mlp' } as const, weights }
    await test.stores.models.create(record)
    const { body } = await request(app.server)
      .post('/v1/models')
      .field('spec', JSON.stringify({ name: 'x', topology: TOPOLOGY }))
    const { id: jobId } = await finishedJob(test.stores)
    const registered = await request(app.server).post('/v1/models').send({ jobId, name: 'registered' })
    return [record.id, body.id, registered.body.id, 'registered', 'mnist-mlp']
  }

  /** An analysis in each status. */
  async function makeAnalyses(): Promise<string[]> {
    const { id: job } = await finishedJob(test.stores)
    const histories = HISTORIES.filter(history => !history.some(type => /paus|epoch/.test(type)))
    const ids: string[] = []
    for (const history of [...histories, ['started', 'succeeded'] as const]) {
      const { body } = await request(app.server)
        .post('/v1/analyses')
        .send({ kind: 'evaluation', jobs: [job] })
      for (const type of history) {
        const data = type === 'failed' ? { error: { code: 'internal', message: 'x', retryable: false } } : {}
        const event = { type, data: type === 'restarted' ? { reason: 'shutdown', fromEpoch: 0 } : data }
        await test.stores.analyses.append(body.id, record =>
          type === 'started'
            ? begin({ id: 'worker_test', engine: 'native', device: 'cpu' })(record)
            : [{ ...event, attempt: record.attempt } as NewEvent],
        )
      }
      ids.push(body.id)
    }
    return ids
  }

  async function makeWorkers(): Promise<void> {
    const worker = { host: 'host', pid: 1, engine: 'wasm', engineVersion: '1', device: 'cpu', threads: 1 }
    const startedAt = new Date().toISOString()
    await test.stores.workers.beat({ ...worker, id: 'worker_idle', startedAt })
    await test.stores.workers.beat({ ...worker, id: 'worker_busy', startedAt, jobId: 'job_x' })
  }

  it('is answered as the contract specifies, by every route that reads it', async () => {
    const datasets = await makeDatasets(app, test.stores, folder)
    assert.ok(datasets.every(Boolean), String(datasets))
    const jobs = await Promise.all([
      ...HISTORIES.map(history => makeJob(history, { labels: { a: 'b' }, name: 'x' })),
      ...PRESETS.map(preset => makeJob([], { model: { preset } })),
      submitOwn(datasets[0]!),
    ])
    const ids: Record<string, readonly string[]> = {
      jobId: jobs,
      datasetId: [...datasets, 'mnist'],
      modelId: await makeModels(),
      sweepId: await makeSweeps(app, test.stores),
      analysisId: await makeAnalyses(),
      // With its first key the service would need one; test/http/keys.test.ts has keys.
      keyId: [],
      tenant: ['default'],
      webhookId: [(await storeWebhook(test.stores, 'job_x')).webhookId],
    }
    await makeWorkers()
    let [answers, tradeoffs] = [0, 0]
    for (const { path, faults } of await promisedAnswers()) {
      const [, parameter] = /\{(\w+)\}/.exec(path) ?? []
      for (const id of parameter ? ids[parameter]! : ['']) {
        const { status, body } = await get(path.replace(/\{\w+\}/, id))
        // Only one job here has measured its trade-off.
        if (path.endsWith('/tradeoff') && body.code === 'tradeoff_not_ready') continue
        if (path.endsWith('/tradeoff')) tradeoffs++
        // Only a registered model has files.
        if (path === '/v1/models/{modelId}/artifacts' && !id.startsWith('registered')) continue
        assert.equal(status, 200, `${path} of ${id}: ${JSON.stringify(body)}`)
        assert.deepEqual(faults(body), [], `${path} of ${id}`)
        answers++
      }
    }
    assert.ok(answers > 80, String(answers))
    assert.equal(tradeoffs, 1)
    assert.deepEqual(logged, [])
    const list = (await get('/v1/datasets?limit=200')).body.data
    const statistics = (id: string) => list.find((item: { id: string }) => item.id === id).statistics
    assert.deepEqual(statistics(datasets[0]!).std[1], 1)
    assert.deepEqual(statistics(datasets.at(-2)!), { mean: [2, 7], std: [0.5, 1] })
    assert.equal(statistics(datasets.at(-1)!), undefined)
  })

  it('that cannot be shown is omitted from lists and logged with its id, and the others are listed', async () => {
    const { redis } = test.stores
    const kinds = { datasets: 'dataset', models: 'model' } as const
    const ids: Record<string, string[]> = {
      datasets: [],
      models: [],
      jobs: [],
      analyses: [],
      sweeps: [],
      workers: [],
    }
    const indexes = tenantKeys(DEFAULT_TENANT)
    for (const [index, text] of [
      'not JSON',
      '{}',
      'null',
      '{"state":{"status":"gone"},"status":7}',
    ].entries()) {
      for (const [list, kind] of Object.entries(kinds)) {
        const id = newId(kind)
        await redis.multi().set(redisKeys.record(kind, id), text).zadd(indexes.allRecords(kind), 0, id).exec()
        ids[list]!.push(id)
      }
      const jobId = newId('job')
      await redis.hset(redisKeys.job(jobId), 'state', text)
      for (const key of [indexes.allJobs, indexes.jobsByStatus('queued')]) await redis.zadd(key, 0, jobId)
      ids.jobs!.push(jobId)
      const analysisId = newId('analysis')
      await redis.hset(redisKeys.job(analysisId), 'state', text)
      for (const key of [indexes.allAnalyses, indexes.analysesByStatus('queued')])
        await redis.zadd(key, 0, analysisId)
      ids.analyses!.push(analysisId)
      const sweepId = newId('sweep')
      await redis.hset(redisKeys.sweep(sweepId), { request: text, state: text })
      await redis.zadd(indexes.allSweeps, 0, sweepId)
      ids.sweeps!.push(sweepId)
      await redis
        .multi()
        .set(redisKeys.worker(`worker_${index}`), text)
        .sadd(redisKeys.workers, `worker_${index}`)
        .exec()
      ids.workers!.push(`worker_${index}`)
    }
    const good = await makeJob([])
    await makeWorkers()
    for (const [list, bad] of Object.entries(ids)) {
      const shown: string[] = []
      const limit = list === 'workers' ? '' : '?limit=3'
      for (let path = `/v1/${list}${limit}`; ; ) {
        const { status, body } = await get(path)
        assert.equal(status, 200, path)
        shown.push(...body.data.map(({ id }: { id: string }) => id))
        if (!body.hasMore) break
        path = `/v1/${list}?limit=3&after=${body.nextAfter}`
      }
      assert.ok(shown.length >= 2 && !bad.some(id => shown.includes(id)), list)
      if (list === 'jobs') assert.equal(shown[0], good)
      for (const id of bad)
        assert.ok(
          logged.some(({ recordId }) => recordId === id),
          id,
        )
    }
    assert.equal((await get('/v1/jobs?status=queued&label.a=b')).status, 200)
    assert.equal((await get(`/v1/datasets/${ids.datasets![0]}`)).body.code, 'internal')
    for (const path of [
      ...ids.datasets!.map(id => `datasets/${id}`),
      ...ids.models!.map(id => `models/${id}`),
    ])
      assert.equal((await request(app.server).delete(`/v1/${path}`)).status, 204, path)
  })
})
