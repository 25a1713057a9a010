import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pause as requestPause, resume } from '#domain/job-decisions.ts'
import { releaseJobs } from '#jobs/release-jobs.ts'
import type { Stores } from '#stores/connect.ts'
import { type SupervisedStores, startSupervisedStores } from '#test/support/start-supervised-stores.ts'
import type { SupervisorProcess } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

/** 6,000 of the 60,000 digits: eleven full batches of each epoch, and one of 368 examples. */
const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 4,
  batchSize: 512,
  validation: { fraction: 0.9 },
  checkpoint: { everyEpochs: 100 },
}
const EXAMPLES = 4 * 6000

describe('the usage of a job', () => {
  let test: SupervisedStores
  let stores: Stores
  let supervisor: SupervisorProcess
  before(async () => {
    test = await startSupervisedStores()
    stores = test.stores
    supervisor = await test.start()
  })
  after(async () => {
    await supervisor.stop()
    await test.stop()
  })

  const today = () => new Date().toISOString().slice(0, 10)
  const examplesOn = async (day: string) => {
    const stored = await stores.redis.hgetall(`thresher:usage:${day}`)
    return Object.entries(stored)
      .filter(([field]) => field.endsWith(':admin:examplesTrained'))
      .reduce((sum, [, examples]) => sum + Number(examples), 0)
  }

  it('is complete when the job ends, also after a pause within an epoch', async () => {
    const day = today()
    const startedAt = performance.now()
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'epoch')
    await stores.jobs.append(submitted.id, requestPause)
    await stores.control.wake(submitted.id)
    await eventOf(stores, submitted, 'paused')
    const secondsBefore = await stores.usage.deviceSecondsOn('default', day)
    assert.ok(secondsBefore > 0)
    while ((await stores.queue.missing([submitted.id])).length === 0) await pause(20)
    await stores.jobs.append(submitted.id, resume)
    await releaseJobs(stores)
    const { job } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.attempt], ['succeeded', 2])
    if (day !== today()) return
    assert.equal(await examplesOn(day), EXAMPLES)
    const seconds = await stores.usage.deviceSecondsOn('default', day)
    const elapsed = (performance.now() - startedAt) / 1000
    assert.ok(seconds > secondsBefore && seconds <= elapsed, `${seconds} of ${elapsed} s`)
  })
})
