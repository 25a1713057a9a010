import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Job } from '#domain/job.ts'
import { cancel } from '#domain/job-decisions.ts'
import type { JobFilter } from '#stores/job-filter.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

describe('the job index', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const store = () => test.stores.jobs
  const index = () => test.stores.jobIndex
  const create = (change = {}) => storeJob(test.stores, newJob(change))

  it('finds jobs by every filter, page by page, newest first', async () => {
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
    for (const [i, filter] of filters.entries()) {
      const seen: string[] = []
      for (let after: string | undefined; ; ) {
        const page = await index().list({ filter, after, limit: 2 })
        seen.push(...page.jobs.map(({ id }) => id))
        assert.ok(page.jobs.length === 2 || page.nextAfter === null)
        if (page.nextAfter === null) break
        after = page.nextAfter
      }
      assert.deepEqual(seen, expected[i])
    }
  })

  it('moves a job to other indexes when its status and labels change', async () => {
    const job = await create({ labels: { moves: 'a' } })
    await store().revise(job.id, before => ({ ...before, spec: { ...before.spec, labels: { moves: 'b' } } }))
    const found = async (filter: JobFilter) => (await index().list({ filter, limit: 200 })).jobs
    assert.deepEqual(await found({ labels: { moves: 'a' } }), [])
    assert.equal((await found({ labels: { moves: 'b' } }))[0]?.id, job.id)
    await store().append(job.id, cancel)
    assert.deepEqual(await found({ statuses: ['queued'], labels: { moves: 'b' } }), [])
    assert.equal((await found({ statuses: ['cancelled'], labels: { moves: 'b' } }))[0]?.id, job.id)
  })
})
