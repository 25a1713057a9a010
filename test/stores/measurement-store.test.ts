import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { begin, finish } from '#domain/job-decisions.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { appendEvent, epochMetrics, succeed } from '#test/support/drive-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

let test: TestStores
before(async () => {
  test = await startStores()
})
after(() => test.stop())

async function train(epochs: readonly EpochMetrics[]) {
  const { jobs } = test.stores
  const job = await storeJob({ jobs })
  await jobs.append(job.id, begin({ id: 'worker_test', engine: 'wasm', device: 'cpu' }))
  for (const epoch of epochs) await appendEvent(test.stores, job.id, 'epoch', epoch)
  return job
}

const runs = (preset: 'mnist-mlp' | 'mnist-lenet' = 'mnist-mlp') =>
  test.stores.measurements.finishedRuns({ preset })

it('the measurement store keeps what a job has measured once it has ended, by model', async () => {
  const { id } = await train([epochMetrics(1, { seconds: 4.69 }), epochMetrics(2, { seconds: 4.69 })])
  assert.deepEqual(await runs(), [])
  await succeed(test.stores, id)
  const [run] = await runs()
  assert.deepEqual([run?.engine, run?.batchSize, run?.stepSeconds], ['wasm', 128, 0.01])
  assert.deepEqual(
    run?.points.map(({ l1, sparsity }) => [l1, sparsity]),
    [
      [0.001, 0.5],
      [0.002, 0.5],
    ],
  )
  assert.deepEqual(await runs('mnist-lenet'), [])
})

it('the measurement store keeps nothing of a training that has failed or has no epoch', async () => {
  const before = await runs()
  const failed = await train([epochMetrics(1)])
  const error = { code: 'diverged', message: 'The loss became NaN.', retryable: false } as const
  const { job, events } = await test.stores.jobs.append(failed.id, finish({ type: 'failed', error }))
  await test.stores.measurements.record(job, events)
  const short = await train([])
  await succeed(test.stores, short.id)
  assert.deepEqual(await runs(), before)
})

it('the measurement store returns the newest job first and at most 64', async () => {
  for (let index = 0; index < 66; index++) {
    const { id } = await train([epochMetrics(1, { sparsity: index / 100 })])
    await succeed(test.stores, id)
  }
  const sparsities = (await runs()).map(({ points }) => points[0]!.sparsity)
  assert.deepEqual([sparsities[0], sparsities.length], [0.65, 64])
})
