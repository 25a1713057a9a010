import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'bullmq'
import { createJobWorker } from '#stores/job-queue.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const LONGER_THAN_PUT_OFF_MS = 6_000

describe('the queue', () => {
  let test: TestStores
  const workers: Worker[] = []
  before(async () => {
    test = await startStores()
  })
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.close(true)
    await test.stores.redis.flushall()
  })
  after(() => test.stop())

  function work(process: Parameters<typeof createJobWorker>[1]): Worker {
    const worker = createJobWorker(test.stores.blockingConnection(), process)
    workers.push(worker)
    worker.on('error', () => {})
    worker.run().catch(() => {})
    return worker
  }

  it('does not give out a removed job', async () => {
    const { queue } = test.stores
    await queue.enqueue('job_a')
    await queue.remove('job_a')
    assert.deepEqual(await queue.missing(['job_a']), ['job_a'])
    await queue.remove('job_unknown')
  })

  it('gives out jobs in the order in which they were released', async () => {
    const { queue } = test.stores
    for (const id of ['job_c', 'job_a', 'job_d', 'job_b']) await queue.enqueue(id)
    const taken: string[] = []
    const worker = work(async jobId => {
      taken.push(jobId)
    })
    await once(worker, 'drained')
    assert.deepEqual(taken, ['job_c', 'job_a', 'job_d', 'job_b'])
  })

  it('contains a job only once, and accepts it again after it was processed', async () => {
    const { queue } = test.stores
    await queue.enqueue('job_a')
    await queue.enqueue('job_a')
    const taken: string[] = []
    const worker = work(async jobId => {
      taken.push(jobId)
    })
    await once(worker, 'completed')
    assert.deepEqual(await queue.missing(['job_a']), ['job_a'])
    const again = once(worker, 'completed')
    await queue.enqueue('job_a')
    await again
    assert.deepEqual(taken, ['job_a', 'job_a'])
  })

  it('gives a requeued job to another worker', async () => {
    const { queue } = test.stores
    const first = work(async (_, { requeue }) => requeue())
    let givenBack = 0
    first.on('active', () => {
      givenBack++
      void first.close()
    })
    const closed = once(first, 'closed')
    await queue.enqueue('job_a')
    await closed
    const second = work(async () => {})
    const [job] = await once(second, 'completed')
    assert.deepEqual([job.data.id, givenBack], ['job_a', 1])
  })

  it('keeps a deferred job for another worker, ahead of jobs that were released later', async () => {
    const { queue } = test.stores
    const taken: string[] = []
    const worker = work(async (jobId, { defer }) => {
      taken.push(jobId)
      if (jobId === 'job_large' && taken.length === 1) await defer(async () => {})
      if (jobId === 'job_a') await pause(LONGER_THAN_PUT_OFF_MS)
    })
    for (const id of ['job_large', 'job_a', 'job_b']) await queue.enqueue(id)
    await once(worker, 'drained')
    assert.deepEqual(taken, ['job_large', 'job_a', 'job_large', 'job_b'])
  })

  it('reclaims a job from a worker that still holds its lock', async () => {
    const { queue } = test.stores
    const hanging = work(() => new Promise(() => {}))
    const active = once(hanging, 'active')
    await queue.enqueue('job_a')
    await active
    assert.deepEqual(await queue.missing(['job_a', 'job_b']), ['job_b'])
    const second = work(async () => {})
    const completed = once(second, 'completed')
    await queue.reclaim('job_a')
    assert.equal((await completed)[0].data.id, 'job_a')
    // Closed by force, it could still take the job of the next test.
    await second.close()
  })
})
