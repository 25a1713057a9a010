import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Job } from '#domain/job.ts'
import { QueuePositions } from '#jobs/queue-positions.ts'
import { newJob } from '#test/support/new-job.ts'
import { startStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

it('a place that is read while Redis stops answering fails, and leaves no failure that would end the process', async context => {
  const test = await startStores()
  try {
    const job = await storeJob(test.stores, newJob())
    const stores = await test.connectAgain()
    const { waiting, redis } = stores
    const readRank = waiting.rank.bind(waiting)
    context.mock.method(waiting, 'rank', async (of: Job) => {
      const rank = await readRank(of)
      redis.disconnect()
      return rank
    })
    await assert.rejects(new QueuePositions(stores).of(job), /Connection is closed/)
    // The test fails on a rejection that nothing handles by then.
    await turn()
  } finally {
    await test.stop()
  }
})
