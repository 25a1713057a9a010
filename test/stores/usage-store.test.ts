import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const alice = { tenant: 'vision', keyId: 'alice' }
const bob = { tenant: 'vision', keyId: 'bob' }
const MORNING = new Date('2026-03-01T08:59:59.999Z')
const EVENING = new Date('2026-03-01T23:59:59.999Z')
const NEXT_DAY = new Date('2026-03-02T00:00:00.000Z')

describe('the usage store', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())

  it('answers the running time of the day of the tenant and of the key when it adds some', async () => {
    const { usage } = test.stores
    const add = (job: object, deviceMs: number, at: Date) =>
      usage.addRunning(job, { deviceMs, examples: 0 }, at)
    assert.deepEqual(await add(alice, 1500, MORNING), {
      day: '2026-03-01',
      tenantToday: 1.5,
      keyToday: 1.5,
    })
    assert.deepEqual(await add(bob, 2000, EVENING), { day: '2026-03-01', tenantToday: 3.5, keyToday: 2 })
    assert.deepEqual(await add(alice, 250, NEXT_DAY), {
      day: '2026-03-02',
      tenantToday: 0.25,
      keyToday: 0.25,
    })
    assert.equal(await usage.deviceSecondsOn('vision', '2026-03-01'), 3.5)
    assert.equal(await usage.deviceSecondsOn('vision', '2026-03-01', 'alice'), 1.5)
    assert.equal(await usage.deviceSecondsOn('vision', '2026-03-03'), 0)
    assert.equal(await usage.deviceSecondsOn('default', '2026-03-01'), 0)
  })

  it('counts a job without a key for the admin of the default tenant', async () => {
    const { usage } = test.stores
    await usage.addRunning({}, { deviceMs: 1000, examples: 5 }, MORNING)
    assert.equal(await usage.deviceSecondsOn('default', '2026-03-01', 'admin'), 1)
  })

  it('adds up exactly what several processes add at the same time', async () => {
    const { usage } = test.stores
    const other = (await test.connectAgain()).usage
    const adding = Array.from({ length: 200 }, (_, index) =>
      (index % 2 ? usage : other).addRunning(
        { tenant: 'crowd', keyId: 'carol' },
        { deviceMs: 7, examples: 1 },
        MORNING,
      ),
    )
    const totals = (await Promise.all(adding)).map(({ keyToday }) => Math.round(keyToday * 1000))
    assert.deepEqual(
      totals.toSorted((a, b) => a - b),
      Array.from({ length: 200 }, (_, index) => 7 * (index + 1)),
    )
  })

  it('keeps amounts that cannot be stored until Redis answers', async () => {
    const { usage, redis } = test.stores
    const owner = { tenant: 'broken', keyId: 'dave' }
    const hash = `thresher:@broken:usage:${new Date().toISOString().slice(0, 10)}`
    await redis.set(hash, 'not a hash')
    usage.note(owner, 'jobs', 2)
    await assert.rejects(usage.flush())
    usage.note(owner, 'jobs', 3)
    await redis.del(hash)
    await usage.flush()
    await usage.flush()
    const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)]
    const rows = await usage.rows('broken', { from, to, keyId: 'dave' })
    assert.equal(
      rows.reduce((sum, { jobs }) => sum + jobs, 0),
      5,
    )
  })

  it('expires a day after the configured time', async () => {
    const { usage, redis } = test.stores
    await usage.addRunning(alice, { deviceMs: 1, examples: 0 }, NEXT_DAY)
    const expiresAt = (await redis.call('EXPIRETIME', 'thresher:@vision:usage:2026-03-02')) as number
    assert.equal(new Date(expiresAt * 1000).toISOString(), '2027-04-07T00:00:00.000Z')
  })
})
