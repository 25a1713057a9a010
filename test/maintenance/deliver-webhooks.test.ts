import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { deliverWebhooks } from '#maintenance/deliver-webhooks.ts'
import { newId } from '#stores/new-id.ts'
import { announceEvent } from '#test/support/announce-event.ts'
import { startReceiver } from '#test/support/start-receiver.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { networksOf } from '#webhooks/public-address.ts'
import { newSecret } from '#webhooks/signature.ts'

const logger = pino({ level: 'silent' })
const options = { allowed: networksOf(['127.0.0.0/8']) }
let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

async function createWebhook(url: string): Promise<string> {
  const id = newId('webhook')
  const createdAt = new Date().toISOString()
  const secrets = [{ secret: newSecret() }]
  await test.stores.webhooks.create({ id, url, types: ['*'], enabled: true, createdAt, secrets })
  return id
}

const announce = () => announceEvent(test.stores, { tenant: 'default' })

it('an event is sent at once, also while no period begins', async () => {
  const receiver = await startReceiver()
  const webhookId = await createWebhook(receiver.url)
  // No period begins after the first one, so that only messages can cause a request.
  let periods = 0
  const end = new AbortController()
  const refused = once(end.signal, 'abort').then(() => false)
  const lease = async () => ++periods === 1 || (await refused)
  const stop = deliverWebhooks({ ...test.stores, lease }, options, logger)
  while (periods < 2) await setImmediate()
  for (let count = 0; count < 20; count++) await announce()
  await receiver.arrived(20)
  end.abort()
  await stop()
  await test.stores.webhooks.delete(webhookId)
  await receiver.close()
})

it('two processes send each event once', async () => {
  const receiver = await startReceiver()
  const webhookId = await createWebhook(receiver.url)
  for (let count = 0; count < 50; count++) await announce()
  const other = await test.connectAgain()
  const free = async () => true
  const stops = [test.stores, other].map(stores =>
    deliverWebhooks({ ...stores, lease: free }, options, logger),
  )
  await receiver.arrived(50)
  const { deliveries } = test.stores
  while ((await deliveries.list(webhookId, { limit: 50 })).found.some(({ status }) => status === 'pending'));
  await Promise.all(stops.map(stop => stop()))
  assert.equal(receiver.received.length, 50)
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 50)
  await receiver.close()
})
