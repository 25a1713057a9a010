import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { begin, cancel } from '#domain/job-decisions.ts'
import { enqueueMissing, reclaimLostJobs } from '#maintenance/reconcile-queue.ts'
import { newId } from '#stores/new-id.ts'
import { redisKeys, tenantKeys } from '#stores/redis-keys.ts'
import type { WorkerStatus } from '#stores/worker-record.ts'
import { finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const logger = pino({ level: 'silent' })
const status = (id: string): WorkerStatus => ({
  id,
  host: 'host',
  pid: 1,
  engine: 'wasm',
  engineVersion: '1',
  device: 'cpu',
  threads: 1,
  startedAt: new Date().toISOString(),
})

describe('the reconciler', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const stored = (change = {}) => test.stores.jobs.create(newJob(change))
  const begun = async (workerId: string) => {
    const { id } = await stored()
    return (await test.stores.jobs.append(id, begin({ id: workerId, engine: 'wasm', device: 'cpu' }))).job
  }

  it('enqueues any number of stored jobs that are missing from the queue, by their priority', async () => {
    const { queue } = test.stores
    const forgotten = []
    for (let i = 0; i < 250; i++) forgotten.push(await stored())
    const urgent = await stored({ priority: 1 })
    const over = await stored()
    await test.stores.jobs.append(over.id, cancel)
    await queue.enqueue(forgotten[7]!.id, 42)
    await enqueueMissing(test.stores, logger)
    await enqueueMissing(test.stores, logger)
    assert.equal(await queue.positionOfNext(99), 252)
    assert.equal(await queue.position(urgent.id), 1)
    assert.equal(await queue.position(over.id), undefined)
  })

  it('enqueues an analysis that is missing from the queue, and ends the attempt of a dead worker at it', async () => {
    const { queue, analyses } = test.stores
    const { id } = await newAnalysis(test.stores, await finishedJob(test.stores))
    await queue.remove(id)
    await enqueueMissing(test.stores, logger)
    assert.deepEqual(await queue.missing([id]), [])
    await analyses.append(id, begin({ id: 'worker_gone', engine: 'wasm', device: 'cpu' }))
    await reclaimLostJobs(test.stores, logger)
    assert.equal((await analyses.require(id)).status, 'restarting')
  })

  it('continues after a record that cannot be read', async () => {
    const { queue, redis } = test.stores
    const waiting = await stored()
    const lost = await begun('worker_dead_too')
    // The newest comes first.
    const broken = newId('job')
    await redis.hset(redisKeys.job(broken), 'state', 'not JSON')
    for (const status of ['queued', 'running'])
      await redis.zadd(tenantKeys(DEFAULT_TENANT).jobsByStatus(status), 0, broken)
    await enqueueMissing(test.stores, logger)
    await reclaimLostJobs(test.stores, logger)
    assert.equal(typeof (await queue.position(waiting.id)), 'number')
    assert.equal((await test.stores.jobs.get(lost.id))?.status, 'restarting')
  })

  it('reclaims the jobs of workers without a lease, and no others', async () => {
    const { jobs, queue, workers } = test.stores
    await workers.beat(status('worker_alive'))
    const kept = await begun('worker_alive')
    const lost = await begun('worker_dead')
    const unwanted = await begun('worker_dead')
    await jobs.append(unwanted.id, cancel)
    await reclaimLostJobs(test.stores, logger)
    assert.equal((await jobs.get(kept.id))?.status, 'running')
    const back = await jobs.get(lost.id)
    assert.deepEqual([back?.status, back?.restarts], ['restarting', 1])
    assert.equal(typeof (await queue.position(lost.id)), 'number')
    assert.equal((await jobs.get(unwanted.id))?.status, 'cancelled')
    assert.equal(await queue.position(unwanted.id), undefined)
  })
})
