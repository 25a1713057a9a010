import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { type Frame, get, post, upload } from '#test/support/watch-job.ts'

const layer = (class_name: string, config: object) => ({ class_name, config })
const NETWORK = {
  class_name: 'Sequential',
  config: {
    layers: [
      layer('InputLayer', { name: 'in', batch_shape: [null, 2] }),
      layer('Dense', { name: 'hidden', units: 64, activation: 'relu' }),
      layer('Dense', { name: 'out', units: 2 }),
    ],
  },
}
const OPTIMIZERS = [
  { name: 'sgd', learningRate: 0.2 },
  { name: 'grda', learningRate: 0.2, c: 0.005, mu: 0.6 },
  { name: 'grda', learningRate: 0.2, c: 0.05, mu: 0.6 },
  { name: 'adam', learningRate: 0.01 },
]

/** Two interleaved half circles of 300 points each, as a table. */
function moons(): string {
  const rows = Array.from({ length: 600 }, (_, index) => {
    const angle = (Math.PI * index) / 600
    const [x, y] = [Math.cos(angle), Math.sin(angle)]
    const wobble = 0.1 * Math.sin(97 * index)
    return index % 2 === 0 ? `${x + wobble},${y},upper` : `${1 - x + wobble},${0.5 - y},lower`
  })
  return ['x,y,moon', ...rows].join('\n')
}

it('a sweep over whole optimizers ends with four jobs, a front and a best, even if the api is killed in the middle', async () => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'thresher-sweep-'))
  const redis = await startRedis()
  const environment = { REDIS_URL: redis.url, DATA_DIR }
  let api = await startPart('src/main.ts', environment)
  const worker = await startPart('workers/main.ts', environment)
  try {
    const spec = { name: 'moons', format: 'csv', label: 'moon' }
    const { body: dataset } = await upload(api.url, '/v1/datasets', spec, { 'moons.csv': moons() })
    const sweep = {
      base: { model: { topology: NETWORK }, dataset: { id: dataset.id }, batchSize: 32, epochs: 20 },
      search: { method: 'grid' },
      space: { optimizer: OPTIMIZERS },
      maxConcurrent: 2,
    }
    const created = await post(api.url, '/v1/sweeps', sweep)
    assert.equal(created.status, 201, JSON.stringify(created.body))
    const path = `/v1/sweeps/${created.body.id}`
    const until = async (isReached: (state: Frame) => boolean): Promise<Frame> => {
      for (;;) {
        const { body } = await get(api.url, path)
        if (isReached(body)) return body
        await pause(100)
      }
    }
    await until(({ counts }) => counts.running > 0)
    process.kill(api.pid, 'SIGKILL')
    api = await startPart('src/main.ts', environment)
    const { best, front, trials, counts } = await until(({ status }) => status !== 'running')
    assert.deepEqual(counts, { pending: 0, running: 0, paused: 0, succeeded: 4, failed: 0, cancelled: 0 })
    const { body: jobs } = await get(api.url, `/v1/jobs?sweepId=${created.body.id}&order=asc`)
    assert.deepEqual(
      jobs.data.map(({ id }: Frame) => [id]),
      trials.map(({ jobIds }: Frame) => jobIds),
    )
    assert.deepEqual(
      jobs.data.map((job: Frame) => job.spec.optimizer.name),
      OPTIMIZERS.map(({ name }) => name),
    )
    const accuracies = trials.map(({ metrics }: Frame) => metrics.validationAccuracy)
    assert.equal(accuracies[best], Math.max(...accuracies))
    assert.ok(accuracies[best] > 0.8, String(accuracies))
    assert.equal(front.at(-1), 2, 'the sparsest trial of the front is the one with the largest c')
    assert.equal(trials[2].metrics.sparsity, jobs.data[2].metrics.sparsity)
  } finally {
    await Promise.all([api.stop(), worker.stop()])
    await redis.stop()
    await rm(DATA_DIR, { recursive: true, force: true })
  }
})
