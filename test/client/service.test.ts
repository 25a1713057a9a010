import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import {
  AuthenticationError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  PermissionError,
  Thresher,
} from '@thresher/client'
import { addArtifact, appendEvent, epochMetrics, startNewJob, succeed } from '#test/support/drive-job.ts'
import { startHostileLine } from '#test/support/hostile-line.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' } } as const
const ADMIN_KEY = 'operators-0123456789'

describe('the client and the service', () => {
  let api: Api
  let client: Thresher
  before(async () => {
    api = await startApi({ adminKey: ADMIN_KEY })
    client = new Thresher({ url: api.url, key: ADMIN_KEY })
  })
  after(() => api.stop())

  it('create one job although the first request and the answer to the second are lost', async () => {
    const faults = ['refuse', { afterBytes: 0, ending: 'reset' }] as const
    const line = await startHostileLine(api.url, connection => faults[connection - 1])
    const labels = { test: 'lost-answer' }
    const job = await new Thresher({ url: line.url, key: ADMIN_KEY }).jobs.create({ ...JOB, labels })
    assert.equal(line.connections(), 3)
    const { data } = await client.jobs.list({ labels })
    assert.deepEqual(
      data.map(({ id }) => id),
      [job.id],
    )
    await line.close()
  })

  it('list every page, and only the first when the list is awaited', async () => {
    const labels = { test: 'pages' }
    const created = new Set<string>()
    for (let i = 0; i < 5; i++) created.add((await client.jobs.create({ ...JOB, labels })).id)
    const listed = new Set<string>()
    for await (const { id } of client.jobs.list({ labels, limit: 2 })) listed.add(id)
    assert.deepEqual(listed, created)
    const first = await client.jobs.list({ labels, limit: 2 })
    assert.deepEqual([first.data.length, first.hasMore], [2, true])
  })

  it('have errors by class, with the path of every mistake', async () => {
    const wrong = { ...JOB, epochs: 0, optimizer: { name: 'grda', learningRate: -1 } }
    await assert.rejects(client.jobs.create(wrong as never), (error: InvalidRequestError) => {
      assert.ok(error instanceof InvalidRequestError)
      assert.deepEqual(error.errors.map(({ path }) => path).sort(), [
        'epochs',
        'optimizer.learningRate',
        'optimizer.mu',
      ])
      return true
    })
    const { key } = await client.keys.create({ name: 'reader', scopes: ['read'] })
    const reader = new Thresher({ url: api.url, key })
    const id = await startNewJob(api.stores)
    await succeed(api.stores, id)
    await assert.rejects(reader.jobs.create(JOB), PermissionError)
    await assert.rejects(new Thresher({ url: api.url }).jobs.get(id), AuthenticationError)
    await assert.rejects(client.jobs.get('job_none'), NotFoundError)
    await assert.rejects(client.jobs.pause(id), ConflictError)
  })

  it('carry out every operation of a job', async () => {
    const plan = await client.jobs.plan(JOB, { sparsity: 0.95 })
    assert.ok(plan.spec.epochs > 0)
    const { id } = await client.jobs.create({ ...JOB, name: 'first' })
    assert.equal((await client.jobs.change(id, { name: 'renamed' })).name, 'renamed')
    assert.equal((await client.jobs.pause(id)).status, 'paused')
    assert.equal((await client.jobs.resume(id)).status, 'queued')
    const clone = await client.jobs.clone(id, { epochs: 2 })
    assert.equal(clone.spec.epochs, 2)
    assert.equal((await client.jobs.planClone(id, { epochs: 3 })).spec.epochs, 3)
    assert.equal((await client.jobs.cancel(id)).status, 'cancelled')
    assert.equal((await client.jobs.wait(id)).status, 'cancelled')
    await client.jobs.delete(id)
    await assert.rejects(client.jobs.get(id), NotFoundError)
  })

  it('give the results of a job', async () => {
    const id = await startNewJob(api.stores)
    await appendEvent(api.stores, id, 'epoch', epochMetrics(1))
    const bytes = Buffer.from('epoch,loss\n')
    await addArtifact(api.stores, id, 'metrics.csv', bytes)
    await succeed(api.stores, id)
    assert.deepEqual((await client.jobs.metrics(id, { maxPoints: 10 })).shown, 1)
    assert.deepEqual((await client.jobs.layers(id)).epochs, [1])
    assert.equal((await client.jobs.events(id)).data.length, 5)
    assert.deepEqual((await client.jobs.checkpoints(id)).data, [])
    const names = []
    for await (const { name } of client.jobs.artifacts(id)) names.push(name)
    assert.ok(names.includes('metrics.csv'))
    const artifact = await client.jobs.artifact(id, 'metrics.csv')
    assert.equal(await artifact.text(), String(bytes))
    const digest = createHash('sha256').update(bytes).digest('hex')
    assert.equal(artifact.headers.get('etag'), `"sha256-${digest}"`)
    await assert.rejects(
      client.jobs.tradeoff(id),
      (error: { code: string }) => error.code === 'tradeoff_not_ready',
    )
  })

  it('carry out the operations of administrators', async () => {
    await client.tenants.set('vision', { quotas: { queuedJobs: 5 } })
    assert.deepEqual((await client.tenants.get('vision')).quotas, { queuedJobs: 5 })
    const { id } = await client.keys.create({ name: 'ci', scopes: ['submit'], tenant: 'vision' })
    assert.equal((await client.keys.get(id)).tenant, 'vision')
    assert.equal((await client.keys.list({ tenant: 'vision' })).data.length, 1)
    await client.keys.revoke(id)
    assert.equal((await client.tenants.list()).data.length, 2)
    assert.equal(typeof (await client.usage.list()).totals.jobs, 'number')
    const operations = []
    for await (const { operation } of client.audit.list({ operation: 'createKey' }))
      operations.push(operation)
    assert.ok(operations.length > 0)
    assert.deepEqual((await client.workers.list()).data, [])
    await client.health.live()
    assert.match((await client.tickets.create()).ticket, /./)
  })

  it('carry out the operations of webhooks, sweeps and models', async () => {
    const webhook = await client.webhooks.create({
      url: 'https://hooks.example/in',
      types: ['job.succeeded'],
    })
    assert.equal((await client.webhooks.change(webhook.id, { enabled: false })).enabled, false)
    assert.notEqual((await client.webhooks.rotate(webhook.id)).secret, webhook.secret)
    assert.deepEqual((await client.webhooks.deliveries(webhook.id)).data, [])
    await client.webhooks.delete(webhook.id)
    assert.deepEqual((await client.webhooks.list()).data, [])
    const sweep = await client.sweeps.create({
      base: JOB,
      search: { method: 'grid' },
      space: { 'optimizer.mu': [0.51, 0.55] },
    } as never)
    assert.equal((await client.sweeps.get(sweep.id)).id, sweep.id)
    assert.equal((await client.sweeps.list()).data.length, 1)
    assert.match((await client.sweeps.cancel(sweep.id)).status, /^cancell/)
    const model = await client.models.upload({ name: 'mine', preset: 'mnist-mlp' })
    assert.equal((await client.models.get(model.id)).name, 'mine')
    assert.equal((await client.models.list({ name: 'mine' })).data.length, 1)
    await client.models.delete(model.id)
    assert.deepEqual((await client.analyses.list()).data, [])
  })
})
