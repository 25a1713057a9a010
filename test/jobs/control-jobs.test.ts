import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { AppError } from '#domain/error.ts'
import { cancelJob } from '#jobs/cancel-job.ts'
import { changeJob } from '#jobs/change-job.ts'
import { countJobs } from '#jobs/count-jobs.ts'
import { deleteJob } from '#jobs/delete-job.ts'
import { pauseJob } from '#jobs/pause-job.ts'
import { resumeJob } from '#jobs/resume-job.ts'
import { submitJob } from '#jobs/submit-job.ts'
import { startJob } from '#test/support/drive-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

describe('the use cases of a job, without HTTP', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())

  const submit = async () => {
    const stores = { ...test.stores, datasetsDir: '' }
    const submission = { log: pino({ level: 'silent' }) }
    return (await submitJob(stores, { model: { preset: 'mnist-mlp' } }, submission)).job
  }
  const rankOf = async (id: string) => await test.stores.waiting.rank(await test.stores.jobs.require(id))
  const refusedAs = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

  it('submit, pause, resume, cancel and delete it', async () => {
    const { stores } = test
    const { id } = await submit()
    assert.equal(await rankOf(id), 0)
    assert.equal((await pauseJob(stores, id)).status, 'paused')
    assert.equal(await rankOf(id), undefined)
    await assert.rejects(deleteJob(stores, id), refusedAs('conflict'))
    assert.equal((await resumeJob(stores, id)).status, 'queued')
    assert.equal((await changeJob(stores, id, { priority: 7 })).spec.priority, 7)
    assert.equal(await rankOf(id), 0)
    assert.equal((await cancelJob(stores, id)).status, 'cancelled')
    assert.equal((await countJobs(stores)).get('cancelled'), 1)
    await deleteJob(stores, id)
    await assert.rejects(cancelJob(stores, id), refusedAs('not_found'))
  })

  it('wake the worker of a running job, and keep its priority', async () => {
    const { stores } = test
    const { id } = await submit()
    await startJob(stores, id)
    let wake: (jobId: string) => void = () => {}
    const woken = new Promise<string>(resolve => {
      wake = resolve
    })
    await stores.control.onWake(wake)
    assert.equal((await pauseJob(stores, id)).status, 'pausing')
    assert.equal(await woken, id)
    assert.equal((await cancelJob(stores, id)).status, 'cancelling')
    await assert.rejects(changeJob(stores, id, { priority: 7 }), refusedAs('conflict'))
  })
})
