import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newJob } from '#test/support/new-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { UsageMeter } from '#workers/supervisor/usage-meter.ts'

const SPEC = { batchSize: 100 }
const progress = (step: number) =>
  ({ type: 'progress', epoch: 1, step, stepsPerEpoch: 10, loss: 1, examplesPerSecond: 1 }) as const

describe('the usage meter of an attempt', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())

  const examplesOf = async (keyId: string) => {
    const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)]
    const rows = await test.stores.usage.rows('default', { from, to, keyId })
    return rows.reduce((sum, { examplesTrained }) => sum + examplesTrained, 0)
  }

  it('adds each amount once, however many calls wait for one another', async () => {
    const meter = new UsageMeter(test.stores.usage, { ...newJob(SPEC), keyId: 'alice' })
    meter.note(progress(3))
    const first = meter.add()
    meter.note(progress(5))
    await Promise.all([first, meter.add(), meter.add()])
    assert.equal(await examplesOf('alice'), 500)
    await meter.add()
    assert.equal(await examplesOf('alice'), 500)
  })

  it('adds what could not be stored with the next call', async () => {
    const { usage } = test.stores
    let isDown = true
    const failing = {
      addRunning: async (...amount: Parameters<typeof usage.addRunning>) => {
        if (isDown) throw new Error('Redis does not answer')
        return await usage.addRunning(...amount)
      },
    }
    const meter = new UsageMeter(failing, { ...newJob(SPEC), keyId: 'bob' })
    meter.note(progress(2))
    await assert.rejects(meter.add())
    isDown = false
    meter.note(progress(3))
    await meter.add()
    assert.equal(await examplesOf('bob'), 300)
  })

  it('counts the examples of an epoch exactly, although the last batch is smaller', async () => {
    const meter = new UsageMeter(test.stores.usage, { ...newJob(SPEC), keyId: 'carol' })
    meter.note(progress(10))
    const metrics = { epoch: 1, step: 10, examplesPerSecond: 473, seconds: 2 } as never
    meter.note({ type: 'epoch', metrics })
    meter.note({ ...progress(10), tradeoff: { done: 1, total: 2 } })
    await meter.add()
    assert.equal(await examplesOf('carol'), 946)
  })
})
