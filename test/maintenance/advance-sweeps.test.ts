import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { createSweep } from '#jobs/create-sweep.ts'
import { advanceSweeps } from '#maintenance/advance-sweeps.ts'
import { SweepRequest } from '#sweeps/sweep-request.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

it('a sweep advances with each event of its jobs, also while no period begins', async () => {
  const stores = { ...test.stores, datasetsDir: '' }
  // No period begins after the first one, so that only events can advance the sweep.
  let periods = 0
  const end = new AbortController()
  const refused = once(end.signal, 'abort').then(() => false)
  const lease = async () => ++periods === 1 || (await refused)
  const stop = advanceSweeps({ ...stores, lease }, pino({ level: 'silent' }))
  while (periods < 2) await setImmediate()
  const request = SweepRequest.parse({
    base: { model: { preset: 'mnist-mlp' }, epochs: 1 },
    search: { method: 'grid' },
    space: { seed: [1, 2, 3, 4, 5] },
    maxConcurrent: 1,
  })
  const { sweep } = await createSweep(stores, request)
  const state = async () => (await stores.sweeps.require(sweep.id)).state
  for (let trial = 0; trial < 5; trial++) {
    const jobId = await jobOf(trial)
    await startJob(stores, jobId)
    await appendEvent(stores, jobId, 'epoch', epochMetrics(1))
    await succeed(stores, jobId)
  }
  while ((await state()).status !== 'finished') await setImmediate()
  assert.ok((await state()).trials.every(({ runs }) => runs[0]!.status === 'succeeded'))
  end.abort()
  await stop()

  async function jobOf(trial: number): Promise<string> {
    for (;;) {
      const jobId = (await state()).trials[trial]?.runs[0]?.jobId
      if (jobId) return jobId
    }
  }
})
