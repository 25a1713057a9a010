import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { begin, cancel } from '#domain/job-decisions.ts'
import { releaseJobs } from '#jobs/release-jobs.ts'
import { enqueueMissing, reclaimLostJobs } from '#maintenance/reconcile-queue.ts'
import { newId } from '#stores/new-id.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import type { WorkerStatus } from '#stores/worker-record.ts'
import { finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

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
  const stored = (change = {}) => storeJob(test.stores, newJob(change))
  const begun = async (workerId: string) => {
    const { id } = await stored()
    return (await test.stores.jobs.append(id, begin({ id: workerId, engine: 'wasm', device: 'cpu' }))).job
  }

  it('enqueues the released jobs that are missing from the queue, and no waiting ones', async () => {
    const { queue, waiting, workers, redis } = test.stores
    const jobs = []
    for (let i = 0; i < 4; i++) jobs.push(await stored())
    const ids = jobs.map(({ id }) => id)
    for (const id of ['worker_a', 'worker_b', 'worker_c']) await workers.beat(status(id))
    await releaseJobs(test.stores)
    assert.deepEqual((await waiting.released()).sort(), ids.slice(0, 3))
    for (const id of ids) await queue.remove(id)
    await test.stores.jobs.append(ids[0]!, cancel)
    await enqueueMissing(test.stores, logger)
    await enqueueMissing(test.stores, logger)
    assert.deepEqual(await queue.missing(ids), [ids[0], ids[3]])
    await redis.flushall()
  })

  it('enqueues an analysis that is missing from the queue, and ends the attempt of a dead worker at it', async () => {
    const { queue, analyses, workers } = test.stores
    await workers.beat(status('worker_a'))
    const { id } = await newAnalysis(test.stores, await finishedJob(test.stores))
    await releaseJobs(test.stores)
    await queue.remove(id)
    await enqueueMissing(test.stores, logger)
    assert.deepEqual(await queue.missing([id]), [])
    await analyses.append(id, begin({ id: 'worker_gone', engine: 'wasm', device: 'cpu' }))
    await reclaimLostJobs(test.stores, logger)
    assert.equal((await analyses.require(id)).status, 'restarting')
  })

  it('continues after a record that cannot be read', async () => {
    const { redis } = test.stores
    const lost = await begun('worker_dead_too')
    const broken = newId('job')
    await redis.hset(redisKeys.job(broken), 'state', 'not JSON')
    await redis.zadd(redisKeys.released, 0, broken)
    await enqueueMissing(test.stores, logger)
    await reclaimLostJobs(test.stores, logger)
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
    assert.deepEqual(await queue.missing([lost.id]), [])
    assert.equal((await jobs.get(unwanted.id))?.status, 'cancelled')
    assert.deepEqual(await queue.missing([unwanted.id]), [unwanted.id])
  })
})
