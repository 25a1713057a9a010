import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Quotas, TenantSettings } from '#access/quotas.ts'
import { begin } from '#domain/job-decisions.ts'
import { createApp } from '#src/app.ts'
import { keyOf } from '#test/support/key-of.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' } }
/** 407,050 and 431,080 parameters. */
const SMALL = { model: { preset: 'mnist-mlp' }, epochs: 2 }
const LARGE = { model: { preset: 'mnist-lenet' }, epochs: 6 }
const OBJECTIVE = { maximize: 'validationAccuracy' }
const MOST = 50

describe('a quota', () => {
  let api: Api
  let second: FastifyInstance
  let urls: string[]
  before(async () => {
    api = await startApi()
    second = await createApp(await api.connectAgain(), api.children, {})
    await second.listen({ host: '127.0.0.1', port: 0 })
    urls = [api.url, `http://127.0.0.1:${(second.server.address() as AddressInfo).port}`]
  })
  after(async () => {
    await second.close()
    await api.stop()
  })

  /** A tenant with these quotas, and a key of it. */
  const tenantWith = async (tenant: string, quotas: Quotas, ofKey?: Quotas) => {
    await api.stores.tenantSettings.set(tenant, TenantSettings.parse({ quotas }))
    const { headers } = await keyOf(api.stores, {
      tenant,
      scopes: ['submit'],
      ...(ofKey && { quotas: ofKey }),
    })
    const send = async (path: string, body?: object, method = 'POST', url = urls[0]!) => {
      const json = body && { body: JSON.stringify(body) }
      const response = await fetch(url + path, {
        method,
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...json,
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    }
    return { send, stores: api.stores.of({ tenant }) }
  }

  it('of queued jobs holds exactly under concurrent submissions to two processes', async () => {
    const { send, stores } = await tenantWith('crowd', { queuedJobs: MOST })
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => send('/v1/jobs', JOB, 'POST', urls[i % 2])),
    )
    const accepted = answers.filter(({ status }) => status === 201)
    const refused = answers.filter(({ status }) => status === 429)
    assert.deepEqual([accepted.length, refused.length], [MOST, 200 - MOST])
    assert.equal((await stores.jobIndex.list({ limit: 200 })).jobs.length, MOST)
    const { code, quota, used, limit, detail } = refused[0]!.body
    assert.deepEqual(
      { code, quota, used, limit },
      { code: 'quota_exceeded', quota: 'queuedJobs', used: MOST, limit: MOST },
    )
    assert.match(detail, /has room again when a queued job starts, or a queued or paused job is cancelled/)
  })

  it('of queued jobs has room again however a queued job ends', async () => {
    const { send, stores } = await tenantWith('queue', { queuedJobs: 1 })
    const isFull = async () => (await send('/v1/jobs', JOB)).status === 429
    const next = async () => {
      const { status, body } = await send('/v1/jobs', JOB)
      assert.equal(status, 201)
      assert.ok(await isFull())
      return body.id as string
    }
    await send(`/v1/jobs/${await next()}/cancel`)
    const paused = await next()
    await send(`/v1/jobs/${paused}/pause`)
    assert.ok(await isFull(), 'a paused job may be resumed at any time')
    await send(`/v1/jobs/${paused}/cancel`)
    await stores.jobs.append(await next(), begin({ id: 'worker_a', engine: 'wasm', device: 'cpu' }))
    const failed = await next()
    const error = { code: 'internal' as const, message: 'lost', retryable: false }
    await stores.jobs.append(failed, ({ attempt }) => [{ type: 'failed', attempt, data: { error } }])
    await next()
  })

  it('of one key does not limit the other keys of its tenant', async () => {
    const limited = await tenantWith('team', {}, { queuedJobs: 1 })
    const free = await tenantWith('team', {})
    assert.equal((await limited.send('/v1/jobs', JOB)).status, 201)
    const { status, body } = await limited.send('/v1/jobs', JOB)
    assert.deepEqual([status, body.code, body.of], [429, 'quota_exceeded', 'key'])
    assert.equal((await free.send('/v1/jobs', JOB)).status, 201)
  })

  it('of epochs and parameters names the field that exceeds it, and nothing is stored', async () => {
    const { send, stores } = await tenantWith('small', { epochs: 5, modelParameters: 1000 })
    const { status, body } = await send('/v1/jobs', { ...JOB, epochs: 6 })
    assert.deepEqual([status, body.code], [422, 'limit_exceeded'])
    assert.deepEqual(
      body.errors.map(({ path }: { path: string }) => path),
      ['model', 'epochs'],
    )
    assert.deepEqual((await stores.jobIndex.list({ limit: 1 })).jobs, [])
  })

  it('of epochs and parameters is named by dry runs, and refuses sweeps that would exceed it', async () => {
    const { send } = await tenantWith('planned', { epochs: 5, modelParameters: 420_000 })
    const dry = await send('/v1/jobs?dryRun=true', LARGE)
    assert.equal(dry.status, 200)
    const warned = dry.body.warnings.filter(({ code }: { code: string }) => code === 'limit_exceeded')
    const paths = (mistakes: { path: string }[]) => mistakes.map(({ path }) => path)
    assert.deepEqual(paths(warned), ['model', 'epochs'])

    const refused = async (base: object, space: object, search: object, expected: string[]) => {
      const { status, body } = await send('/v1/sweeps', {
        ...{ base, space, search, objective: OBJECTIVE, maxTrials: 4 },
      })
      assert.deepEqual([status, body.code], [422, 'limit_exceeded'], JSON.stringify(body))
      assert.deepEqual(paths(body.errors), expected)
    }
    const grid = { method: 'grid' }
    const rates = { 'optimizer.learningRate': [0.1, 0.2] }
    await refused({ ...SMALL, epochs: 6 }, rates, grid, ['base.epochs'])
    await refused(LARGE, rates, grid, ['base.model', 'base.epochs'])
    await refused(SMALL, { epochs: [5, 6] }, grid, ['space.epochs.1'])
    await refused(SMALL, { 'model.preset': ['mnist-mlp', 'mnist-lenet'] }, grid, ['space.model.preset.1'])
    // Its first jobs train one epoch, its last ones all.
    const asha = { method: 'asha', minEpochs: 1, reduction: 2 }
    await refused({ ...SMALL, epochs: 6 }, rates, asha, ['base.epochs'])
  })

  it('of stored bytes refuses what would exceed it, and counts what is deleted no more', async () => {
    const { send, stores } = await tenantWith('disk', { storedBytes: 100 })
    const record = (id: string, sizeBytes: number) => ({
      ...{ id, name: id, createdAt: new Date().toISOString(), tenant: 'disk' },
      model: { preset: 'mnist-mlp' as const },
      weights: { sha256: '0'.repeat(64), sizeBytes, hasState: false },
    })
    const limits = { storedBytes: 100 }
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => stores.models.create(record(`model_${i}`, 30), limits)),
    )
    const stored = answers.flatMap(({ type }, i) => (type === 'stored' ? [`model_${i}`] : []))
    assert.equal(stored.length, 3)
    assert.deepEqual(
      answers.find(({ type }) => type === 'refused'),
      {
        type: 'refused',
        use: { quota: 'storedBytes', of: 'tenant', used: 90, limit: 100 },
      },
    )
    assert.equal((await send('/v1/jobs', JOB)).status, 201)
    assert.equal((await stores.models.create(record('model_last', 10), limits)).type, 'stored')
    const { status, body } = await send('/v1/jobs', JOB)
    assert.deepEqual([status, body.quota, body.used], [429, 'storedBytes', 100])
    await stores.models.delete(stored[0]!)
    assert.equal((await send('/v1/jobs', JOB)).status, 201)
  })
})
