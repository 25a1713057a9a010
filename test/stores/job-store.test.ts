import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { RefusedEvent } from '#domain/job.ts'
import { begin, cancel, loseAttempt } from '#domain/job-decisions.ts'
import { epochMetrics } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { readEvents } from '#test/support/read-events.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

const WORKER = { id: 'worker_test', engine: 'native', device: 'cpu' }

describe('the job store', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const store = () => test.stores.jobs
  const create = (change = {}) => storeJob(test.stores, newJob(change))
  const epoch = (attempt: number, number = 1) => [
    { type: 'epoch' as const, attempt, data: epochMetrics(number) },
  ]

  it('returns the stored job, and has no stream for a queued job', async () => {
    const job = await create()
    assert.deepEqual(await store().get(job.id), job)
    assert.equal(await test.stores.redis.exists(`thresher:events:${job.id}`), 0)
    assert.deepEqual(
      (await readEvents(test.stores, job)).map(({ seq, type }) => [seq, type]),
      [[1, 'queued']],
    )
    assert.equal(await store().get('job_unknown'), undefined)
    await assert.rejects(store().append('job_unknown', cancel), AppError)
  })

  it('gives each of many concurrent appends a different sequence number', async () => {
    const job = await create()
    await store().append(job.id, begin(WORKER))
    const other = await test.connectAgain()
    const appends = Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? other.jobs : store()).append(job.id, () => epoch(1, i + 1)),
    )
    const seqs = (await Promise.all(appends)).map(({ events }) => events[0]!.seq)
    const upTo42 = Array.from({ length: 40 }, (_, i) => i + 3)
    assert.deepEqual(
      seqs.sort((a, b) => a - b),
      upTo42,
    )
    const stored = await readEvents(test.stores, job, 2)
    assert.deepEqual(
      stored.map(({ seq }) => seq),
      upTo42,
    )
    assert.equal((await store().get(job.id))?.lastSeq, 42)
  })

  it('refuses the events of an attempt that has ended', async () => {
    const job = await create()
    await store().append(job.id, begin(WORKER))
    await store().append(job.id, loseAttempt('worker_lost'))
    await store().append(job.id, begin({ ...WORKER, id: 'worker_other' }))
    await assert.rejects(
      store().append(job.id, () => epoch(1)),
      RefusedEvent,
    )
    assert.equal((await store().append(job.id, () => epoch(2))).job.attempt, 2)
  })

  it('lets only one of many workers begin each attempt', async () => {
    const job = await create()
    const begun = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) =>
        store().append(job.id, ({ status }) =>
          status === 'queued' ? begin({ ...WORKER, id: `w${i}` })(job) : [],
        ),
      ),
    )
    const events = begun.flatMap(result => (result.status === 'fulfilled' ? result.value.events : []))
    assert.deepEqual(
      events.map(({ type, attempt }) => [type, attempt]),
      [['started', 1]],
    )
  })

  it('leaves no key behind when a job is deleted', async () => {
    const keys = async () => (await test.stores.redis.keys('*')).sort()
    const before = await keys()
    const job = await create({ labels: { only: 'here' } })
    await store().append(job.id, begin(WORKER))
    const frame = { jobId: job.id, attempt: 1, epoch: 1, step: 1, stepsPerEpoch: 2, loss: 1 }
    await test.stores.events.publishProgress({ type: 'progress', examplesPerSecond: 1, ...frame })
    await store().append(job.id, loseAttempt('shutdown'))
    await store().append(job.id, cancel)
    const { job: over } = await store().append(job.id, loseAttempt('shutdown'))
    assert.equal(over.status, 'cancelled')
    await store().delete(over)
    assert.deepEqual(await keys(), before)
  })
})
