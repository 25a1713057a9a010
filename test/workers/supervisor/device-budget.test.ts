import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { TenantSettings } from '#access/quotas.ts'
import { releaseJobs } from '#jobs/release-jobs.ts'
import { resumeDue } from '#maintenance/release-waiting-jobs.ts'
import type { Stores } from '#stores/connect.ts'
import { type SupervisedStores, startSupervisedStores } from '#test/support/start-supervised-stores.ts'
import type { SupervisorProcess } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

/** Trains for much longer than the budget of the test. */
const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 400,
  batchSize: 512,
  validation: { fraction: 0.9 },
}
const DAY_MS = 24 * 3600 * 1000

describe('a job that exhausts the device seconds of the day', () => {
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
  const allow = (deviceSecondsPerDay?: number) =>
    stores.tenantSettings.set(
      DEFAULT_TENANT,
      TenantSettings.parse({
        quotas: deviceSecondsPerDay === undefined ? {} : { deviceSecondsPerDay },
      }),
    )

  it('pauses at a checkpoint, waits for the next day, and continues from the checkpoint', async () => {
    const logger = pino({ level: 'silent' })
    const midnight = new Date((Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS).toISOString()
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'epoch')
    await allow(1)
    const pausing = await eventOf(stores, submitted, 'pausing')
    await eventOf(stores, submitted, 'paused')
    const paused = await stores.jobs.require(submitted.id)
    // A test that runs at midnight has another day.
    if (pausing.data.resumesAt !== midnight) return
    assert.deepEqual([pausing.data.reason, paused.resumesAt], ['quota_exceeded', midnight])
    const reached = paused.checkpoints.at(-1)?.step ?? 0
    assert.ok(reached > 0)

    // The queue ignores a job that it has not removed yet; the reconciler would enqueue it later.
    while ((await stores.queue.missing([submitted.id])).length === 0) await pause(20)
    const later = await submitJob(stores, { ...JOB, epochs: 1 })
    await releaseJobs(stores)
    assert.equal(await stores.waiting.rank(later), 0)

    await resumeDue(stores, logger, Date.parse(midnight) - 1)
    assert.equal((await stores.jobs.require(submitted.id)).status, 'paused')
    await allow()
    await resumeDue(stores, logger, Date.parse(midnight))
    const again = await eventOf(stores, submitted, 'started', 2)
    assert.equal(again.attempt, 2)
    const resumed = await stores.jobs.require(submitted.id)
    assert.equal(resumed.resumesAt, undefined)
    await eventOf(stores, submitted, 'epoch', 2)
    await stores.jobs.append(submitted.id, ({ attempt }) => [{ type: 'cancelling', attempt, data: {} }])
    await stores.control.wake(submitted.id)
    assert.equal((await endOf(stores, later)).job.status, 'succeeded')
  })
})
