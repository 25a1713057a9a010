import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it, mock } from 'node:test'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { failUnsent } from '#webhooks/apply-attempt.ts'
import { type Delivery, newDelivery, replayDelivery } from '#webhooks/delivery.ts'

const NOW = Date.parse('2026-01-01T00:00:00.000Z')
const DAY = 86_400_000

describe('the deliveries of a webhook', () => {
  let test: TestStores
  let count = 0
  let webhookId: string
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  beforeEach(async () => {
    webhookId = `webhook_${++count}`
    const facts = { url: 'https://hooks.test/', types: ['*' as const], enabled: true, secrets: [] }
    await test.stores.webhooks.create({ id: webhookId, createdAt: new Date(NOW).toISOString(), ...facts })
  })

  const add = async (seq: number, at = NOW): Promise<Delivery> => {
    const time = new Date(at + seq).toISOString()
    const delivery = newDelivery(webhookId, { type: 'job.failed', id: 'job_1', seq, time }, new Date(at))
    await test.stores.deliveries.add(webhookId, delivery)
    return delivery
  }
  const end = ({ id }: Delivery) =>
    test.stores.deliveries.revise(webhookId, id, current => failUnsent(current, current.createdAt))
  const listed = async () => {
    const seqs: number[] = []
    for (let after: string | undefined; ; ) {
      const { found, nextAfter } = await test.stores.deliveries.list(webhookId, { limit: 200, after })
      seqs.push(...found.map(({ event }) => event.seq))
      if (nextAfter === null) return seqs
      after = nextAfter
    }
  }

  it('are claimed once, the longest waiting first, until the claim expires', async () => {
    const [first, second, later] = [await add(1), await add(2, NOW + 1), await add(3, NOW + 100)]
    const claim = (now: number, most: number) => test.stores.deliveries.claim(webhookId, now, 50, most)
    assert.deepEqual(await claim(NOW - 1, 9), [])
    assert.deepEqual(await claim(NOW + 10, 1), [first.id])
    assert.deepEqual(await claim(NOW + 10, 9), [second.id])
    assert.deepEqual(await claim(NOW + 59, 9), [])
    assert.deepEqual(await claim(NOW + 60, 9), [first.id, second.id])
    assert.deepEqual(await claim(NOW + 100, 9), [later.id])
  })

  it('are added once, also after they have ended', async () => {
    const delivery = await add(1)
    await end(delivery)
    await add(1)
    assert.equal((await test.stores.deliveries.require(webhookId, delivery.id)).status, 'failed')
    assert.deepEqual(await test.stores.deliveries.claim(webhookId, NOW + DAY, 50, 9), [])
  })

  it('are due again after a replay, and none is due after the last has ended', async () => {
    const isDue = async () =>
      (await test.stores.allWebhooks.due(NOW + 1000)).some(({ id }) => id === webhookId)
    const delivery = await add(1)
    assert.equal(await isDue(), true)
    await end(delivery)
    assert.equal(await isDue(), false)
    await test.stores.deliveries.revise(webhookId, delivery.id, current =>
      replayDelivery(current, new Date(NOW)),
    )
    assert.equal(await isDue(), true)
  })

  it('are not added to a webhook that does not exist', async () => {
    const delivery = newDelivery(
      'webhook_x',
      { type: 'job.failed', id: 'job_1', seq: 1, time: new Date(NOW).toISOString() },
      new Date(NOW),
    )
    assert.equal(await test.stores.deliveries.add('webhook_x', delivery), 0)
    assert.deepEqual((await test.stores.deliveries.list('webhook_x', { limit: 9 })).found, [])
  })

  it('are kept while they are pending; of those that have ended, the latest 1,000', async () => {
    const pending = await add(0)
    for (let seq = 1; seq <= 1005; seq++) await end(await add(seq))
    const seqs = await listed()
    assert.deepEqual([seqs.length, seqs[0], seqs.at(-2), seqs.at(-1)], [1001, 1005, 6, pending.event.seq])
    assert.equal(await test.stores.redis.hlen(`thresher:webhook:${webhookId}:deliveries`), 1001)
  })

  it('are kept for a week after they have ended', async () => {
    const day = async (days: number) => {
      mock.timers.setTime(NOW + days * DAY)
      return await listed()
    }
    mock.timers.enable({ apis: ['Date'], now: NOW })
    try {
      await add(0)
      for (let seq = 1; seq <= 250; seq++) await end(await add(seq))
      mock.timers.setTime(NOW + DAY)
      await end(await add(251))
      assert.equal((await day(6.9)).length, 252)
      assert.deepEqual(await day(7.1), [251, 0])
      assert.deepEqual(await day(8.1), [0])
    } finally {
      mock.timers.reset()
    }
  })
})
