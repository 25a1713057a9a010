import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AppError } from '#domain/error.ts'
import { type Job, RefusedEvent } from '#domain/job.ts'
import { begin, cancel, loseAttempt } from '#domain/job-decisions.ts'
import type { JobFilter } from '#stores/job-filter.ts'
import { epochMetrics } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const WORKER = { id: 'worker_test', engine: 'native', device: 'cpu' }

describe('the job store', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const store = () => test.stores.jobs
  const create = async (change = {}): Promise<Job> => (await store().create(newJob(change))).job
  const epoch = (attempt: number, number = 1) => [
    { type: 'epoch' as const, attempt, data: epochMetrics(number) },
  ]

  it('gives back what was stored, and keeps no stream for a queued job', async () => {
    const job = await create()
    assert.deepEqual(await store().get(job.id), job)
    assert.equal(await test.stores.redis.exists(`thresher:events:${job.id}`), 0)
    assert.deepEqual(
      (await test.stores.events.read(job, 0, 10)).map(({ seq, type }) => [seq, type]),
      [[1, 'queued']],
    )
    assert.equal(await store().get('job_unknown'), undefined)
    await assert.rejects(store().append('job_unknown', cancel), AppError)
  })

  it('gives each of many concurrent appends its own place', async () => {
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
    const stored = await test.stores.events.read(job, 2, 1000)
    assert.deepEqual(
      stored.map(({ seq }) => seq),
      upTo42,
    )
    assert.equal((await store().get(job.id))?.lastSeq, 42)
  })

  it('refuses the events of an attempt that is over', async () => {
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

  it('lets one of many workers begin each attempt', async () => {
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

  it('takes the same creation twice for once, whatever has become of the job', async () => {
    const job = newJob()
    const claim = { scope: 'twice', bodyDigest: 'x' }
    assert.equal((await store().create(job, claim)).replayed, false)
    await store().append(job.id, begin(WORKER))
    assert.equal((await store().create(job, claim)).replayed, false)
    await store().create(job)
    assert.equal((await store().get(job.id))?.status, 'running')
    assert.deepEqual(await store().create(newJob(), claim), { job, replayed: true })
  })

  it('finds by every filter, page by page, newest first', async () => {
    const made: Job[] = []
    for (let i = 0; i < 11; i++)
      made.push(await create({ labels: { set: 'pages', third: String(i % 3 === 0) } }))
    for (const { id } of made.slice(0, 7)) await store().append(id, cancel)
    const filters = [
      { labels: { set: 'pages' } },
      { labels: { set: 'pages', third: 'true' } },
      { statuses: ['cancelled' as const], labels: { set: 'pages', third: 'true' } },
    ]
    const expected = [
      made,
      made.filter((_, i) => i % 3 === 0),
      made.filter((_, i) => i % 3 === 0 && i < 7),
    ].map(jobs => jobs.map(({ id }) => id).reverse())
    for (const [index, filter] of filters.entries()) {
      const seen: string[] = []
      for (let after: string | undefined; ; ) {
        const page = await store().list({ filter, after, limit: 2 })
        seen.push(...page.jobs.map(({ id }) => id))
        assert.ok(page.jobs.length === 2 || page.nextAfter === null)
        if (page.nextAfter === null) break
        after = page.nextAfter
      }
      assert.deepEqual(seen, expected[index])
    }
  })

  it('moves a job between the indexes as its status and labels change', async () => {
    const job = await create({ labels: { moves: 'a' } })
    await store().revise(job.id, before => ({ ...before, spec: { ...before.spec, labels: { moves: 'b' } } }))
    const found = async (filter: JobFilter) => (await store().list({ filter, limit: 200 })).jobs
    assert.deepEqual(await found({ labels: { moves: 'a' } }), [])
    assert.equal((await found({ labels: { moves: 'b' } }))[0]?.id, job.id)
    await store().append(job.id, cancel)
    assert.deepEqual(await found({ statuses: ['queued'], labels: { moves: 'b' } }), [])
    assert.equal((await found({ statuses: ['cancelled'], labels: { moves: 'b' } }))[0]?.id, job.id)
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

  it('remembers the last measured rate by preset and engine', async () => {
    const job = await create()
    await store().append(job.id, begin({ ...WORKER, engine: 'wasm' }))
    await store().append(job.id, () => [
      { type: 'epoch', attempt: 1, data: epochMetrics(1, { examplesPerSecond: 123.5 }) },
    ])
    assert.equal(await store().measuredRate({ preset: 'mnist-mlp' }, ['wasm', 'other']), 123.5)
    assert.equal(await store().measuredRate({ preset: 'mnist-mlp' }, ['other']), undefined)
    assert.equal(await store().measuredRate({ preset: 'mnist-lenet' }, ['wasm']), undefined)
    assert.equal(await store().measuredRate({ preset: 'mnist-mlp' }, []), undefined)
  })
})
