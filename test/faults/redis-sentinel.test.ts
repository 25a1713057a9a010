import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { firstProgress } from '#test/support/first-progress.ts'
import { startWatchedRedis, type WatchedRedis } from '#test/support/redis-sentinels.ts'
import { startApiAndWorker } from '#test/support/start-api-and-worker.ts'
import { get, post, watchJob } from '#test/support/watch-job.ts'

describe('a service whose Redis is watched by Sentinels', () => {
  let redis: WatchedRedis
  let service: Awaited<ReturnType<typeof startApiAndWorker>>
  before(async () => {
    redis = await startWatchedRedis()
    const REDIS_URL = `redis-sentinel://${redis.addresses}/${redis.name}`
    service = await startApiAndWorker({ REDIS_URL, ARTIFACT_URL: 'redis://' })
  })
  after(async () => {
    await service?.stop()
    await redis?.stop()
  })

  const submit = (epochs: number) => post(service.url, '/v1/jobs', { model: { preset: 'mnist-mlp' }, epochs })

  it('answers 503 while its primary is frozen during a training, and then continues with the replica', async () => {
    const { body: job } = await submit(2)
    const watched = watchJob(service.url, job.id)
    await firstProgress(service.url, job.id)
    redis.primary.freeze()
    let answer = await submit(1)
    assert.equal(answer.status, 503)
    for (; answer.status !== 201; answer = await submit(1)) assert.equal(answer.body.code, 'unavailable')
    assert.match(await redis.replica.admin.info('replication'), /role:master/)
    assert.equal((await watched).frames.at(-1)?.status, 'succeeded')
    assert.equal((await get(service.url, `/v1/jobs/${job.id}`)).body.status, 'succeeded')
    const { frames } = await watchJob(service.url, answer.body.id)
    assert.equal(frames.at(-1)?.status, 'succeeded')
  })
})
