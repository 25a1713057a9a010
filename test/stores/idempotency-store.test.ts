import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { begin } from '#domain/job-decisions.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

describe('the idempotency store', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const store = () => test.stores.jobs
  const WORKER = { id: 'worker_test', engine: 'native', device: 'cpu' }

  it('creates one job when the same creation is sent twice, even if the job has started in between', async () => {
    const job = newJob()
    const claim = { scope: 'twice', bodyDigest: 'x' }
    assert.equal((await store().create(job, { claim })).type, 'stored')
    await store().append(job.id, begin(WORKER))
    assert.equal((await store().create(job, { claim })).type, 'stored')
    await store().create(job)
    assert.equal((await store().get(job.id))?.status, 'running')
    assert.deepEqual(await store().create(newJob(), { claim }), { type: 'replayed', job })
    assert.deepEqual(await test.stores.idempotency.find(claim), job)
  })
})
