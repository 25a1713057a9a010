import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { recordStoredBytes } from '#maintenance/record-stored-bytes.ts'
import { trimAudit } from '#maintenance/trim-audit.ts'
import { AuditStore } from '#stores/audit-store.ts'
import { keyOf } from '#test/support/key-of.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const logger = pino({ level: 'silent' })

describe('the accounts of all tenants', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
    await keyOf(test.stores, { tenant: 'vision' })
  })
  after(() => test.stop())

  it('contain the stored bytes of each key in the present hour', async () => {
    const { redis, usage } = test.stores
    await redis.hset('thresher:stored-bytes', { '*': 7, admin: 7 })
    await redis.hset('thresher:@vision:stored-bytes', { '*': 30, alice: 10, bob: 20 })
    await recordStoredBytes(test.stores, logger)()
    const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)]
    const bytesOf = async (tenant: string) => {
      const rows = await usage.rows(tenant, { from, to })
      return Object.fromEntries(rows.map(({ keyId, storedBytes }) => [keyId, storedBytes]))
    }
    assert.deepEqual(await bytesOf('default'), { admin: 7 })
    assert.deepEqual(await bytesOf('vision'), { alice: 10, bob: 20 })
  })

  it('lose the audit records that are too old', async () => {
    const { redis } = test.stores
    const streams = ['thresher:audit', 'thresher:@vision:audit', 'thresher:audit:failed']
    for (const stream of streams) await redis.xadd(stream, 1, 'record', '{}')
    await trimAudit(test.stores, logger)()
    for (const stream of streams) assert.equal(await redis.xlen(stream), 0, stream)
  })

  it('keep about as many audit records as are configured', async () => {
    const { redis } = test.stores
    const audit = new AuditStore(redis, 90, 1000)
    const facts = { method: 'POST', path: '/', status: 201, address: '192.0.2.1', requestId: 'x' }
    for (let index = 0; index < 1500; index++) await audit.add({ tenant: 'vision', ...facts })
    const kept = await redis.xlen('thresher:@vision:audit')
    // Redis deletes whole nodes of a stream, of 100 records each.
    assert.ok(kept >= 1000 && kept <= 1100, `${kept} records are kept`)
  })
})
