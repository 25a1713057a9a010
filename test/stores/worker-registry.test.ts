import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { WorkerStatus } from '#domain/worker.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

describe('the worker registry', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const worker = (id: string): WorkerStatus => ({
    id,
    host: 'host',
    pid: 1,
    engine: 'wasm',
    engineVersion: '4.22.0',
    device: 'cpu',
    threads: 2,
    startedAt: new Date().toISOString(),
  })

  it('lists the workers that have a lease, with their last status', async () => {
    const { workers, redis } = test.stores
    await workers.beat(worker('worker_b'))
    await workers.beat(worker('worker_a'))
    await workers.beat({ ...worker('worker_b'), jobId: 'job_x' })
    assert.deepEqual(
      (await workers.list()).map(({ id, jobId }) => [id, jobId]),
      [
        ['worker_a', undefined],
        ['worker_b', 'job_x'],
      ],
    )
    const leaseMs = await redis.pttl(redisKeys.worker('worker_a'))
    assert.ok(leaseMs > 5_000 && leaseMs <= 15_000)
    await redis.pexpire(redisKeys.worker('worker_a'), 0)
    await workers.leave('worker_b')
    assert.deepEqual(await workers.list(), [])
    assert.equal(await workers.get('worker_a'), undefined)
    assert.equal(await redis.exists(redisKeys.workers), 0)
  })
})
