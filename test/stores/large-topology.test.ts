import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import type { Job } from '#domain/job.ts'
import { begin } from '#domain/job-decisions.ts'
import { epochMetrics } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

const LAYERS = 8_000
const EPOCHS = 20

describe('an epoch of a job with a large topology', () => {
  let test: TestStores
  let jobs: { small: Job; large: Job }
  before(async () => {
    test = await startStores()
    const small = newJob()
    const large = newJob()
    const layer = (index: number) => ({
      ...{ type: 'dense' as const, name: `a_layer_with_a_long_name_${index}`, units: 10 },
      ...{ activation: 'linear' as const, kernelInitializer: 'glorotUniform' as const, useBias: true },
    })
    const layers = [
      { type: 'flatten' as const, name: 'flatten' },
      ...Array.from({ length: LAYERS }, (_, index) => layer(index)),
    ]
    large.spec.model = { topology: { inputShape: [28, 28, 1], layers } }
    jobs = { small, large }
    for (const job of [small, large]) {
      await storeJob(test.stores, job)
      await test.stores.jobs.append(job.id, begin({ id: 'worker_test', engine: 'native', device: 'cpu' }))
    }
  })
  after(() => test.stop())
  const topologyBytes = () => JSON.stringify(jobs.large.spec.model).length

  const train = async ({ id }: Job) => {
    for (let epoch = 1; epoch <= EPOCHS; epoch++)
      await test.stores.jobs.append(id, ({ attempt }) => [
        { type: 'epoch', attempt, data: epochMetrics(epoch) },
      ])
  }

  it('sends no more bytes to Redis, and reads no more from it, than that of a small topology', async () => {
    const bytes = async () => {
      const stats = await test.stores.redis.info('stats')
      return [/total_net_input_bytes:(\d+)/, /total_net_output_bytes:(\d+)/].map(field =>
        Number(field.exec(stats)![1]),
      )
    }
    const bytesOf = async (job: Job) => {
      const before = await bytes()
      await train(job)
      return (await bytes()).map((after, direction) => after - before[direction]!)
    }
    assert.ok(topologyBytes() > 900_000)
    const [small, large] = [await bytesOf(jobs.small), await bytesOf(jobs.large)]
    for (const [direction, sent] of large.entries())
      assert.ok(
        sent < small[direction]! + topologyBytes() / 10,
        `${sent} bytes, and ${small[direction]} of the small one`,
      )
  })

  it('does not parse the topology again', async () => {
    const parse = mock.method(JSON, 'parse')
    await train(jobs.large)
    const longest = Math.max(...parse.mock.calls.map(({ arguments: [text] }) => text.length))
    parse.mock.restore()
    assert.ok(longest < topologyBytes() / 10, `parsed ${longest} characters`)
  })

  it('is not encoded with the topology', async () => {
    const stringify = mock.method(JSON, 'stringify')
    await train(jobs.large)
    const results = stringify.mock.calls.map(({ result }) => (result as string | undefined)?.length ?? 0)
    stringify.mock.restore()
    assert.ok(Math.max(...results) < topologyBytes() / 10)
  })
})
