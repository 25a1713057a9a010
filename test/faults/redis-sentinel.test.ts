import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Stores } from '#stores/connect.ts'
import { createJobWorker } from '#stores/job-queue.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { startWatchedRedis, type WatchedRedis } from '#test/support/redis-sentinels.ts'
import { startPart } from '#test/support/start-part.ts'
import { get, post } from '#test/support/watch-job.ts'

describe('a service whose Redis is watched by Sentinels', () => {
  let redis: WatchedRedis
  let stores: Stores
  let url: string
  const taken: string[] = []
  const woken: string[] = []
  const ends: (() => Promise<unknown>)[] = []
  before(async () => {
    redis = await startWatchedRedis()
    ends.unshift(() => redis.stop())
    const redisUrl = `redis-sentinel://${redis.addresses}/${redis.name}`
    stores = await connectDefault({ redisUrl, artifactUrl: 'redis://' })
    ends.unshift(() => stores.close())
    const folder = await mkdtemp(join(tmpdir(), 'thresher-sentinel-'))
    ends.unshift(() => rm(folder, { recursive: true, force: true }))
    const environment = { REDIS_URL: redisUrl, ARTIFACT_URL: 'redis://', DATA_DIR: folder }
    const api = await startPart('src/main.ts', environment)
    ends.unshift(() => api.stop())
    url = api.url
    const worker = createJobWorker(stores.blockingConnection(), async jobId => void taken.push(jobId))
    worker.on('error', () => {})
    ends.unshift(() => worker.close(true))
    void worker.run()
    await stores.control.onWake(jobId => woken.push(jobId))
  })
  after(async () => {
    for (const end of ends) await end()
  })

  const submit = () => post(url, '/v1/jobs', { model: { preset: 'mnist-mlp' } })
  const untilTaken = async (jobId: string) => {
    while (!taken.includes(jobId)) await pause(50)
  }

  it('accepts jobs, which workers take', async () => {
    const { status, body } = await submit()
    assert.equal(status, 201)
    await untilTaken(body.id)
  })

  it('answers 503 while its primary is frozen, and then continues with the replica', async () => {
    const { body: before } = await submit()
    await untilTaken(before.id)
    await redis.primary.admin.call('WAIT', 1, 0)
    redis.primary.freeze()
    let answer = await submit()
    while (answer.status !== 201) {
      assert.deepEqual([answer.status, answer.body.code], [503, 'unavailable'], JSON.stringify(answer.body))
      answer = await submit()
    }
    assert.match(await redis.replica.admin.info('replication'), /role:master/)
    assert.equal((await get(url, `/v1/jobs/${before.id}`)).status, 200)
    await untilTaken(answer.body.id)
    // The subscriber notices the frozen server on its own.
    while (woken.length === 0) {
      await stores.control.wake('job_any')
      await pause(100)
    }
  })
})
