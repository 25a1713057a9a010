import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { ownedBy } from '#access/owner.ts'
import { WebhookSender } from '#maintenance/webhook-sender.ts'
import { newId } from '#stores/new-id.ts'
import { announceEvent } from '#test/support/announce-event.ts'
import { type Receiver, startReceiver } from '#test/support/start-receiver.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { networksOf } from '#webhooks/public-address.ts'
import { newSecret } from '#webhooks/signature.ts'
import type { Webhook } from '#webhooks/webhook.ts'

const logger = pino({ level: 'silent' })
const allowed = networksOf(['127.0.0.0/8'])
let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

let tenants = 0
const newTenant = () => `tenant-${++tenants}`

async function createWebhook(tenant: string, url: string, fields: Partial<Webhook> = {}): Promise<Webhook> {
  const id = newId('webhook')
  const created = { enabled: true, createdAt: new Date().toISOString(), secrets: [{ secret: newSecret() }] }
  const webhook: Webhook = { id, url, types: ['*'], ...created, ...ownedBy({ tenant }), ...fields }
  await test.stores.of({ tenant }).webhooks.create(webhook)
  return webhook
}

const announce = (tenant: string) => announceEvent(test.stores, { tenant })

const deliveriesOf = async ({ id }: Webhook) => (await test.stores.deliveries.list(id, { limit: 200 })).found

/** A sender with a clock that the test sets. */
function clockedSender() {
  let now = Date.now()
  const sender = new WebhookSender(test.stores, { allowed, now: () => new Date(now) }, logger, () => {})
  const run = async () => {
    await sender.run()
    await sender.idle()
  }
  const runAfter = async (seconds: number) => {
    now += 1000 * seconds
    await run()
  }
  const runAt = async (ms: number) => {
    now = ms
    await run()
  }
  return { run, runAfter, runAt }
}

describe('the sender', () => {
  let receiver: Receiver
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())

  it('sends an event to the enabled webhooks of its tenant that select its type', async () => {
    const [tenant, other] = [newTenant(), newTenant()]
    const paths = async (owner: string, name: string, fields: Partial<Webhook>) =>
      await createWebhook(owner, `http://127.0.0.1:${receiver.port}/${name}`, fields)
    await paths(tenant, 'all', { types: ['*'] })
    await paths(tenant, 'selected', { types: ['job.failed', 'job.cancelled'] })
    await paths(tenant, 'others', { types: ['job.failed'] })
    await paths(tenant, 'disabled', { enabled: false })
    await paths(other, 'tenant', {})
    await announce(tenant)
    await clockedSender().run()
    assert.deepEqual(receiver.received.map(({ path }) => path).sort(), ['/all', '/selected'])
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    assert.notEqual(ids[0], ids[1])
  })

  it('stores no event of a tenant without webhooks', async () => {
    await announce(newTenant())
    assert.deepEqual(await test.stores.outbox.read(10), [])
  })

  it('makes one delivery of an event that is read twice because of a crash', async () => {
    const tenant = newTenant()
    const webhook = await createWebhook(tenant, receiver.url)
    await announce(tenant)
    const entries = await test.stores.outbox.read(10)
    // The process dies after the deliveries are stored and before the event is removed.
    const { outbox } = test.stores
    const remove = () => Promise.reject(new Error('dead'))
    const dying = { ...test.stores, outbox: { read: (count: number) => outbox.read(count), remove } }
    const sender = new WebhookSender(dying, { allowed }, logger, () => {})
    await assert.rejects(async () => await sender.run(), /dead/)
    assert.deepEqual((await test.stores.outbox.read(10)).length, entries.length)
    const before = receiver.received.length
    await clockedSender().run()
    assert.deepEqual(await test.stores.outbox.read(10), [])
    const [delivery, ...others] = await deliveriesOf(webhook)
    assert.deepEqual(
      [delivery?.status, others.length, receiver.received.length - before],
      ['succeeded', 0, 1],
    )
    assert.equal(receiver.received.at(-1)!.headers['webhook-id'], delivery!.id)
  })

  it('sends a delivery again whose process died during the request', async () => {
    const tenant = newTenant()
    const webhook = await createWebhook(tenant, receiver.url)
    await announce(tenant)
    await test.stores.allWebhooks.revise(webhook.id, current => ({
      ...current,
      url: current.url.replace('127.0.0.1', 'localhost'),
    }))
    const dying = new AbortController()
    const resolve = async () => {
      dying.abort()
      return ['127.0.0.1']
    }
    const options = { allowed, signal: dying.signal, resolve }
    const dead = new WebhookSender(test.stores, options, logger, () => {})
    await dead.run()
    await dead.idle()
    const count = receiver.received.length
    const sender = clockedSender()
    await sender.run()
    assert.equal(receiver.received.length, count, 'the claim is still valid')
    await sender.runAfter(31)
    assert.equal(receiver.received.length, count + 1)
    assert.equal((await deliveriesOf(webhook))[0]?.attempts.length, 1)
  })

  it('repeats a failed delivery at its next time, under the same id and with the same body', async () => {
    const failing = await startReceiver((response, _, count) =>
      response.writeHead(count < 4 ? 500 : 200).end(),
    )
    const tenant = newTenant()
    const webhook = await createWebhook(tenant, failing.url)
    await announce(tenant)
    const sender = clockedSender()
    await sender.run()
    const counts = [failing.received.length]
    for (const seconds of [4, 2, 200, 101, 1500, 301]) {
      await sender.runAfter(seconds)
      counts.push(failing.received.length)
    }
    assert.deepEqual(counts, [1, 1, 2, 2, 3, 3, 4])
    const [delivery] = await deliveriesOf(webhook)
    assert.deepEqual(
      delivery!.attempts.map(({ httpStatus }) => httpStatus),
      [500, 500, 500, 200],
    )
    assert.equal(delivery!.status, 'succeeded')
    assert.equal(
      new Set(failing.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size,
      1,
    )
    await failing.close()
  })

  it('disables a webhook after a day of failures, and sends nothing more to it', async () => {
    const failing = await startReceiver(response => response.writeHead(503).end())
    const tenant = newTenant()
    const webhook = await createWebhook(tenant, failing.url)
    await announce(tenant)
    const sender = clockedSender()
    await sender.run()
    for (let attempt = 1; attempt < 8; attempt++)
      await sender.runAt(Date.parse((await deliveriesOf(webhook))[0]!.nextAttemptAt!))
    const disabled = await test.stores.allWebhooks.require(webhook.id)
    assert.deepEqual(
      [failing.received.length, disabled.enabled, disabled.disabled?.reason],
      [8, false, 'webhook_failing'],
    )
    await announce(tenant)
    await sender.runAfter(1)
    assert.deepEqual([failing.received.length, (await deliveriesOf(webhook)).length], [8, 1])
    await failing.close()
  })

  it('disables a webhook at once that answers 410; deliveries that wait fail without a request', async () => {
    const gone = await startReceiver((response, _, count) =>
      response.writeHead(count === 1 ? 500 : 410).end(),
    )
    const tenant = newTenant()
    const webhook = await createWebhook(tenant, gone.url)
    const sender = clockedSender()
    await announce(tenant)
    await sender.run()
    await announce(tenant)
    await sender.runAfter(1)
    assert.equal((await test.stores.allWebhooks.require(webhook.id)).disabled?.reason, 'webhook_gone')
    await sender.runAfter(10)
    const deliveries = await deliveriesOf(webhook)
    assert.deepEqual(
      [gone.received.length, deliveries.map(({ status }) => status)],
      [2, ['failed', 'failed']],
    )
    assert.match(deliveries[1]!.attempts.at(-1)!.error!, /webhook is disabled/)
    await gone.close()
  })

  it('sends to the receivers of a tenant while those of another do not answer', async () => {
    const answers: (() => void)[] = []
    const slow = await startReceiver(response => void answers.push(() => response.end()))
    const [hindered, tenant] = [newTenant(), newTenant()]
    for (let count = 0; count < 6; count++) await createWebhook(hindered, slow.url)
    const quick = await startReceiver()
    await createWebhook(tenant, quick.url)
    for (let count = 0; count < 10; count++) await announce(hindered)
    const sender = new WebhookSender(test.stores, { allowed }, logger, () => {})
    await sender.run()
    await slow.arrived(16)
    await announce(tenant)
    await sender.run()
    await quick.arrived(1)
    // Six webhooks have ten deliveries each, of which 16 may be sent at a time.
    assert.equal(slow.received.length, 16)
    for (const answer of answers) answer()
    await sender.idle()
    await Promise.all([slow.close(), quick.close()])
  })

  it('forgets the deliveries of a deleted webhook', async () => {
    const failing = await startReceiver(response => response.writeHead(500).end())
    const tenant = newTenant()
    const webhook = await createWebhook(tenant, failing.url)
    await announce(tenant)
    const sender = clockedSender()
    await sender.run()
    await test.stores.of({ tenant }).webhooks.delete(webhook.id)
    await sender.runAfter(10)
    assert.equal(failing.received.length, 1)
    const keys = await test.stores.redis.keys('thresher:*')
    assert.deepEqual(
      keys.filter(key => key.includes(webhook.id)),
      [],
    )
    assert.equal(await test.stores.redis.sismember('thresher:webhooks:tenants', tenant), 0)
    await failing.close()
  })
})
