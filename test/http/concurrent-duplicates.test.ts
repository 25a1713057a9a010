import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { startPart } from '#test/support/start-part.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const DUPLICATES = 200

describe('concurrent submissions with one idempotency key to two api processes', () => {
  let test: TestStores
  let dataDir: string
  let apis: Awaited<ReturnType<typeof startPart>>[]
  before(async () => {
    test = await startStores()
    dataDir = await mkdtemp(join(tmpdir(), 'thresher-test-'))
    const environment = {
      REDIS_URL: test.redisUrl,
      DATA_DIR: dataDir,
      ARTIFACT_URL: pathToFileURL(join(dataDir, 'blobs')).href,
    }
    apis = await Promise.all([1, 2].map(() => startPart('src/main.ts', environment)))
  })
  after(async () => {
    for (const api of apis) await api.stop()
    await test.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  async function submit(index: number, key: string, epochs = 3) {
    const answer = await fetch(`${apis[index % 2]!.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ model: { preset: 'mnist-mlp' }, epochs }),
    })
    return {
      status: answer.status,
      replayed: answer.headers.has('idempotency-replayed'),
      body: await answer.text(),
    }
  }

  it('create one job, with one place in the queue, and all receive the same answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: DUPLICATES }, (_, index) => submit(index, index % 3 ? 'once' : '"once"')),
    )
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => body)).size, 1)
    assert.equal(answers.filter(({ replayed }) => !replayed).length, 1)
    const { id } = JSON.parse(answers[0]!.body)
    const { redis } = test.stores
    assert.deepEqual(await redis.zrange('thresher:jobs', 0, '-1'), [id])
    const queues = await redis.keys('thresher:pending:*')
    assert.deepEqual(await Promise.all(queues.map(key => redis.zrange(key, 0, '-1'))), [[id]])
  })

  it('with two bodies create one job, and the other body is refused', async () => {
    const answers = await Promise.all(
      Array.from({ length: DUPLICATES }, (_, index) => submit(index, 'twice', 3 + ((index >> 1) % 2))),
    )
    const created = answers.filter(({ status }) => status === 201)
    assert.equal(new Set(created.map(({ body }) => JSON.parse(body).id)).size, 1)
    assert.deepEqual([created.length, answers.filter(({ status }) => status === 422).length], [100, 100])
  })
})
