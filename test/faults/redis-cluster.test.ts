import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { firstProgress } from '#test/support/first-progress.ts'
import { type RedisCluster, startRedisCluster } from '#test/support/redis-cluster.ts'
import { startApiAndWorker } from '#test/support/start-api-and-worker.ts'
import { get, post, watchJob } from '#test/support/watch-job.ts'

const TAG = '{thresher}:'

describe('a service whose Redis is a Cluster', () => {
  let cluster: RedisCluster
  let service: Awaited<ReturnType<typeof startApiAndWorker>>
  let firstJob: string
  before(async () => {
    cluster = await startRedisCluster()
    const REDIS_URL = `redis-cluster://${cluster.addresses}`
    service = await startApiAndWorker({ REDIS_URL, ARTIFACT_URL: 'redis://' })
  })
  after(async () => {
    await service?.stop()
    await cluster?.stop()
  })

  const submit = (epochs: number) => post(service.url, '/v1/jobs', { model: { preset: 'mnist-mlp' }, epochs })

  const assertSucceeds = async (jobId: string) => {
    const { frames } = await watchJob(service.url, jobId)
    assert.equal(frames.at(-1)?.status, 'succeeded')
  }

  it('trains a job and serves its files, all from one slot', async () => {
    const { body: job } = await submit(1)
    firstJob = job.id
    await assertSucceeds(job.id)
    const { body: artifacts } = await get(service.url, `/v1/jobs/${job.id}/artifacts`)
    for (const { name, made, sizeBytes } of artifacts.data) {
      if (!made) continue
      const answer = await fetch(`${service.url}/v1/jobs/${job.id}/artifacts/${name}`)
      assert.equal((await answer.arrayBuffer()).byteLength, sizeBytes)
    }
    const primary = await cluster.primaryOf(TAG)
    const keys = await primary.admin.keys('*')
    assert.ok(keys.length > 10 && keys.every(key => key.startsWith(TAG)), keys.join())
    const others = cluster.nodes.slice(0, 3).filter(node => node !== primary)
    assert.deepEqual(await Promise.all(others.map(({ admin }) => admin.dbsize())), [0, 0])
  })

  it('follows its slot to another node', async () => {
    const former = await cluster.primaryOf(TAG)
    const replicas = await former.admin.info('replication')
    const port = Number(/^slave0:ip=127.0.0.1,port=(\d+)/m.exec(replicas)![1])
    await cluster.nodes.find(node => node.port === port)!.admin.call('CLUSTER', 'FAILOVER')
    while ((await cluster.primaryOf(TAG)) === former) await pause(50)
    let answer = await submit(1)
    for (; answer.status !== 201; answer = await submit(1)) assert.equal(answer.status, 503)
    await assertSucceeds(answer.body.id)
  })

  it('loses its primary during a training, finishes the job, and accepts new ones', async () => {
    const { body: job } = await submit(2)
    const watched = assertSucceeds(job.id)
    await firstProgress(service.url, job.id)
    await (await cluster.primaryOf(TAG)).kill()
    await watched
    assert.equal((await get(service.url, `/v1/jobs/${firstJob}`)).body.status, 'succeeded')
    const { status, body: next } = await submit(1)
    assert.equal(status, 201)
    await assertSucceeds(next.id)
  })
})
