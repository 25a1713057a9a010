import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { pino } from 'pino'
import { createDeliveries } from '#deliveries/create-deliveries.ts'
import { announceEvent } from '#test/support/announce-event.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const log = pino({ level: 'silent' })
let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

it('a webhook is disabled when more deliveries than the limit are pending', async () => {
  const { webhooks, deliveries } = test.stores
  const facts = { url: 'https://hooks.test/', types: ['*' as const], enabled: true, secrets: [] }
  await webhooks.create({ id: 'webhook_1', createdAt: new Date().toISOString(), ...facts })
  const deliver = async () => {
    await announceEvent(test.stores, { tenant: 'default' })
    await createDeliveries(test.stores, { now: new Date(), log, mostPending: 2 })
    return (await webhooks.require('webhook_1')).enabled
  }
  assert.deepEqual(
    [await deliver(), await deliver(), await deliver(), await deliver()],
    [true, true, false, false],
  )
  assert.equal((await webhooks.require('webhook_1')).disabled?.reason, 'webhook_overloaded')
  assert.equal((await deliveries.list('webhook_1', { limit: 9 })).found.length, 3)
})
