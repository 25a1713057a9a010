import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { Webhook as Verifier } from 'standardwebhooks'
import request from 'supertest'
import { createWebhook } from '#deliveries/keep-webhooks.ts'
import { cancelSweep } from '#jobs/cancel-sweep.ts'
import { driveSweep } from '#jobs/drive-sweep.ts'
import { deliverWebhooks } from '#maintenance/deliver-webhooks.ts'
import { announceEvent } from '#test/support/announce-event.ts'
import { startNewJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { type Received, startReceiver } from '#test/support/start-receiver.ts'
import { networksOf } from '#webhooks/public-address.ts'
import { WebhookRequest } from '#webhooks/webhook.ts'

const logger = pino({ level: 'silent' })
const NETWORKS = ['127.0.0.0/8']
const sending = { allowed: networksOf(NETWORKS) }

describe('a webhook', () => {
  let api: Api
  let stopDelivering: () => Promise<void>
  before(async () => {
    api = await startApi({ webhookAllowedNetworks: NETWORKS })
    stopDelivering = deliverWebhooks(api.stores, sending, logger)
  })
  after(async () => {
    await stopDelivering()
    await api.stop()
  })

  afterEach(async () => {
    for (const { id } of await api.stores.webhooks.all()) await api.stores.webhooks.delete(id)
  })

  const post = (path: string, body: object = {}) => request(api.url).post(path).send(body)
  const get = async (path: string) => (await request(api.url).get(path).expect(200)).body
  const create = async (url: string, body: object = {}) =>
    (await post('/v1/webhooks', { url, types: ['*'], ...body }).expect(201)).body
  const verified = ({ body, headers }: Received, secret: string) =>
    new Verifier(secret).verify(body, headers as Record<string, string>)
  /** The deliveries of a webhook, once none is pending. */
  const settled = async (id: string) => {
    for (;;) {
      const { data } = await get(`/v1/webhooks/${id}/deliveries`)
      if (data.length > 0 && data.every(({ status }: { status: string }) => status !== 'pending')) return data
    }
  }

  it('receives the events of a job in order of its history, signed with the secret of its creation', async () => {
    const receiver = await startReceiver()
    const { id, secret, ...rest } = await create(receiver.url, {
      name: 'ci',
      types: ['job.started', 'job.succeeded'],
    })
    assert.deepEqual(
      [rest.url, rest.name, rest.enabled, rest.types, rest.warnings],
      [receiver.url, 'ci', true, ['job.started', 'job.succeeded'], []],
    )
    const jobId = await startNewJob(api.stores)
    await succeed(api.stores, jobId)
    await receiver.arrived(2)
    const payloads = receiver.received.map(message => verified(message, secret) as Record<string, unknown>)
    assert.deepEqual(payloads.map(({ type, data }) => [type, data]).sort(), [
      ['job.started', { jobId }],
      ['job.succeeded', { jobId }],
    ])
    const { data: events } = await get(`/v1/jobs/${jobId}/events`)
    const succeeded = events.find(({ type }: { type: string }) => type === 'succeeded')
    assert.equal(payloads.find(({ type }) => type === 'job.succeeded')?.timestamp, succeeded.time)
    const deliveries = await settled(id)
    assert.deepEqual(
      deliveries.map(({ status, payload }: Record<string, unknown>) => [status, payload]),
      payloads
        .sort((a, b) => (a.type === 'job.succeeded' ? -1 : b.type ? 1 : 0))
        .map(payload => ['succeeded', payload]),
    )
    assert.match((await get(`/v1/webhooks/${id}`)).lastSuccessAt, /Z$/)
    await receiver.close()
  })

  it('receives the end of a sweep and of the validation of a dataset', async () => {
    const receiver = await startReceiver()
    await create(receiver.url, {
      types: ['sweep.cancelled', 'dataset.ready', 'dataset.invalid'],
    })
    const base = { model: { preset: 'mnist-mlp' } }
    const { body: sweep } = await post('/v1/sweeps', {
      base,
      search: { method: 'grid' },
      space: { seed: [1, 2] },
    })
    await cancelSweep(api.stores, sweep.id)
    const drive = () => driveSweep({ ...api.stores, datasetsDir: '' }, sweep.id, { log: logger })
    while ((await drive()).finishedAt === undefined);
    const upload = (csv: string, status: number) =>
      request(api.url)
        .post('/v1/datasets')
        .field('spec', JSON.stringify({ name: 'x', format: 'csv', label: 'y' }))
        .attach('file', Buffer.from(csv), 'x.csv')
        .expect(status)
    const { body: ready } = await upload('a,y\n1,p\n2,q\n3,p\n', 201)
    const { body: invalid } = await upload('a,b\n1,2\n', 422)
    await receiver.arrived(3)
    assert.deepEqual(
      receiver.received
        .map(({ body }) => JSON.parse(body))
        .map(({ type, data }) => [type, data])
        .sort(),
      [
        ['dataset.invalid', { datasetId: invalid.datasetId }],
        ['dataset.ready', { datasetId: ready.id }],
        ['sweep.cancelled', { sweepId: sweep.id }],
      ],
    )
    await receiver.close()
  })

  it('shows its secret once, at creation and at rotation; both secrets sign for a day', async () => {
    const receiver = await startReceiver()
    const { id, secret } = await create(receiver.url)
    for (const path of ['', `/${id}`, `/${id}/deliveries`])
      assert.doesNotMatch(JSON.stringify(await get(`/v1/webhooks${path}`)), /whsec_/)
    const { body: rotated } = await post(`/v1/webhooks/${id}/rotate`).expect(200)
    assert.notEqual(rotated.secret, secret)
    const remaining = Date.parse(rotated.previousSecretExpiresAt) - Date.now()
    assert.ok(remaining > 86_000_000 && remaining <= 86_400_000, String(remaining))
    assert.doesNotMatch(JSON.stringify(await get(`/v1/webhooks/${id}`)), /whsec_/)
    const { body: result } = await post(`/v1/webhooks/${id}/test`).expect(200)
    assert.deepEqual([result.status, result.httpStatus], ['succeeded', 204])
    for (const valid of [secret, rotated.secret]) {
      const payload = verified(receiver.received[0]!, valid) as Record<string, unknown>
      assert.deepEqual([payload.type, payload.data], ['webhook.test', { webhookId: id }])
    }
    await receiver.close()
  })

  it('answers a test with the failure of its receiver', async () => {
    const receiver = await startReceiver(response => response.writeHead(418).end())
    const { id } = await create(receiver.url, { enabled: false })
    const { body } = await post(`/v1/webhooks/${id}/test`).expect(200)
    assert.deepEqual([body.status, body.httpStatus], ['failed', 418])
    assert.match(body.error, /answered 418/)
    await receiver.close()
    const { body: refused } = await post(`/v1/webhooks/${id}/test`).expect(200)
    assert.deepEqual([refused.status, refused.httpStatus], ['failed', undefined])
    assert.deepEqual((await get(`/v1/webhooks/${id}/deliveries`)).data, [])
  })

  it('warns when its receiver answers 410, is disabled, and works again once it is enabled; a delivery can be replayed', async () => {
    let status = 410
    const receiver = await startReceiver(response => response.writeHead(status).end())
    const { id } = await create(receiver.url)
    await announceEvent(api.stores, { tenant: 'default' })
    const [failed] = await settled(id)
    const replay = () => post(`/v1/webhooks/${id}/deliveries/${failed.id}/replay`)
    let webhook = await get(`/v1/webhooks/${id}`)
    while (webhook.enabled) webhook = await get(`/v1/webhooks/${id}`)
    assert.deepEqual(
      webhook.warnings.map(({ code, path }: Record<string, unknown>) => [code, path]),
      [
        ['webhook_gone', 'enabled'],
        ['webhook_attempts_failed', 'url'],
      ],
    )
    assert.deepEqual((await replay()).body.code, 'conflict')
    status = 200
    const { body: enabled } = await request(api.url)
      .patch(`/v1/webhooks/${id}`)
      .send({ enabled: true })
      .expect(200)
    assert.deepEqual([enabled.enabled, enabled.warnings], [true, []])
    const { body: replayed } = await replay().expect(202)
    assert.deepEqual([replayed.id, replayed.status], [failed.id, 'pending'])
    await receiver.arrived(2)
    const [delivery] = await settled(id)
    assert.deepEqual(
      [delivery.status, delivery.attempts.map(({ httpStatus }: Record<string, unknown>) => httpStatus)],
      ['succeeded', [410, 200]],
    )
    assert.deepEqual(
      receiver.received.map(({ headers }) => headers['webhook-id']),
      [failed.id, failed.id],
    )
    assert.equal((await post(`/v1/webhooks/${id}/deliveries/msg_x/replay`)).status, 404)
    await receiver.close()
  })

  it('is changed by field, and null removes its name', async () => {
    const { id } = await create('http://127.0.0.1:9/a', { name: 'first' })
    const patch = async (body: object) =>
      (await request(api.url).patch(`/v1/webhooks/${id}`).send(body).expect(200)).body
    const { name, url, types, enabled } = await patch({
      url: 'http://127.0.0.1:9/b',
      types: ['job.failed'],
      enabled: false,
    })
    assert.deepEqual([name, url, types, enabled], ['first', 'http://127.0.0.1:9/b', ['job.failed'], false])
    assert.equal((await patch({ name: null })).name, undefined)
    assert.equal((await patch({})).url, url)
    await request(api.url).delete(`/v1/webhooks/${id}`).expect(204)
    await request(api.url).get(`/v1/webhooks/${id}`).expect(404)
  })

  it('is created once under an idempotency key; a replay has the same secret', async () => {
    const body = { url: 'http://127.0.0.1:9/', types: ['*'] }
    const submit = (change = {}) => post('/v1/webhooks', { ...body, ...change }).set('idempotency-key', 'one')
    const first = await submit().expect(201)
    const second = await submit().expect(201)
    assert.deepEqual(second.body, first.body)
    assert.equal(second.headers['idempotency-replayed'], 'true')
    assert.equal((await submit({ types: ['job.failed'] })).body.code, 'idempotency_key_reused')
    assert.equal((await get('/v1/webhooks')).data.length, 1)
  })

  it('is one of 20 at most, which are listed newest first in pages', async () => {
    const ids: string[] = []
    for (let count = 0; count < 20; count++) ids.push((await create('http://127.0.0.1:9/')).id)
    const { status, body } = await post('/v1/webhooks', { url: 'http://127.0.0.1:9/', types: ['*'] })
    assert.deepEqual([status, body.code], [422, 'limit_exceeded'])
    const first = await get('/v1/webhooks?limit=15')
    const second = await get(`/v1/webhooks?limit=15&after=${first.nextAfter}`)
    const listed = [...first.data, ...second.data].map(({ id }: { id: string }) => id)
    assert.deepEqual([listed, first.hasMore, second.hasMore], [ids.toReversed(), true, false])
  })

  it('of another tenant does not exist', async () => {
    const stores = api.stores.of({ tenant: 'other' })
    const body = WebhookRequest.parse({ url: 'http://127.0.0.1:9/', types: ['*'] })
    const { webhook } = await createWebhook(stores, body, sending)
    await announceEvent(api.stores, { tenant: 'other' })
    const path = `/v1/webhooks/${webhook.id}`
    let found = await stores.deliveries.list(webhook.id, { limit: 1 })
    while (found.found.length === 0) found = await stores.deliveries.list(webhook.id, { limit: 1 })
    const replay = `${path}/deliveries/${found.found[0]!.id}/replay`
    const answers = await Promise.all([
      request(api.url).get(path),
      request(api.url).patch(path).send({ enabled: false }),
      request(api.url).delete(path),
      post(`${path}/rotate`),
      post(`${path}/test`),
      request(api.url).get(`${path}/deliveries`),
      post(replay),
    ])
    for (const { status, body } of answers) assert.deepEqual([status, body.code], [404, 'not_found'])
    assert.deepEqual((await get('/v1/webhooks')).data, [])
    assert.equal((await stores.webhooks.require(webhook.id)).enabled, true)
  })
})
