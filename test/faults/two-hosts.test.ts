import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { startS3 } from '#test/support/start-s3.ts'
import { get, post, watchJob } from '#test/support/watch-job.ts'

const STORES = {
  's3://': startS3,
  'redis://': async () => ({ url: 'redis://', stop: async () => {} }),
}

for (const [scheme, startStore] of Object.entries(STORES)) {
  it(`an api and a worker that share only Redis and ${scheme} train a job and serve its files`, async () => {
    const folders = await Promise.all(
      ['api', 'worker'].map(part => mkdtemp(join(tmpdir(), `thresher-${part}-`))),
    )
    const [redis, store] = await Promise.all([startRedis(), startStore()])
    const shared = { REDIS_URL: redis.url, ARTIFACT_URL: store.url }
    const api = await startPart('src/main.ts', { ...shared, DATA_DIR: folders[0]! })
    const worker = await startPart('workers/main.ts', { ...shared, DATA_DIR: folders[1]! })
    try {
      const { body: job } = await post(api.url, '/v1/jobs', { model: { preset: 'mnist-mlp' }, epochs: 1 })
      const { frames } = await watchJob(api.url, job.id)
      assert.equal(frames.at(-1)?.status, 'succeeded')
      const { body: artifacts } = await get(api.url, `/v1/jobs/${job.id}/artifacts`)
      for (const { name, made, sizeBytes } of artifacts.data) {
        if (!made) continue
        const answer = await fetch(`${api.url}/v1/jobs/${job.id}/artifacts/${name}`)
        assert.equal((await answer.arrayBuffer()).byteLength, sizeBytes)
      }
      assert.deepEqual(await readdir(folders[0]!), [], 'the api keeps nothing beside Redis and the store')
    } finally {
      await Promise.all([api.stop(), worker.stop()])
      await Promise.all([redis.stop(), store.stop()])
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
    }
  })
}
