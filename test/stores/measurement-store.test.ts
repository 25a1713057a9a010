import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { begin } from '#domain/job-decisions.ts'
import { appendEvent, epochMetrics } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

it('the measurement store keeps the last measured rate by preset and engine', async () => {
  const { jobs, measurements } = test.stores
  const job = await jobs.create(newJob())
  await jobs.append(job.id, begin({ id: 'worker_test', engine: 'wasm', device: 'cpu' }))
  await appendEvent(test.stores, job.id, 'epoch', epochMetrics(1, { examplesPerSecond: 123.5 }))
  const rate = (preset: 'mnist-mlp' | 'mnist-lenet', engines: string[]) =>
    measurements.examplesPerSecond({ preset }, engines)
  assert.equal(await rate('mnist-mlp', ['wasm', 'other']), 123.5)
  assert.equal(await rate('mnist-mlp', ['other']), undefined)
  assert.equal(await rate('mnist-lenet', ['wasm']), undefined)
  assert.equal(await rate('mnist-mlp', []), undefined)
})
