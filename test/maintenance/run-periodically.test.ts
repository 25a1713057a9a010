import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { describe, it } from 'node:test'
import { runPeriodically } from '#maintenance/run-periodically.ts'

const HOUR_MS = 3_600_000
const refuse = (error: unknown) => assert.fail(String(error))

describe('periodic work', () => {
  it('is reported when it fails, and repeated', async () => {
    const work = new EventEmitter()
    const failures: unknown[] = []
    let runs = 0
    const repeated = once(work, 'repeated')
    const stop = runPeriodically({
      periodMs: 1,
      async run() {
        runs++
        if (runs === 1) throw new Error('first')
        work.emit('repeated')
      },
      onFailure: error => failures.push((error as Error).message),
    })
    await repeated
    await stop()
    assert.deepEqual(failures, ['first'])
  })

  it('is stopped only after the run in progress has ended', async () => {
    const work = new EventEmitter()
    let isFinished = false
    const begun = once(work, 'begun')
    const stop = runPeriodically({
      periodMs: HOUR_MS,
      async run() {
        work.emit('begun')
        await once(work, 'finish')
        isFinished = true
      },
      onFailure: refuse,
    })
    await begun
    const stopped = stop()
    work.emit('finish')
    await stopped
    assert.ok(isFinished)
  })

  it('is done by the process that holds the lease, which ends before the next run', async () => {
    const work = new EventEmitter()
    const requests: [string, number][] = []
    const lease = async (name: string, durationMs: number) => requests.push([name, durationMs]) > 1
    const begun = once(work, 'begun')
    const stop = runPeriodically({
      periodMs: 10,
      lease: { stores: { lease }, name: 'duty' },
      run: async () => void work.emit('begun', requests.length),
      onFailure: refuse,
    })
    assert.deepEqual(await begun, [2])
    await stop()
    assert.deepEqual(requests[0], ['duty', 9])
  })
})
