import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { registerModel } from '#jobs/register-model.ts'
import { deleteOrphans } from '#maintenance/delete-orphan-blobs.ts'
import { expireDue } from '#maintenance/expire-files.ts'
import type { Stores } from '#stores/connect.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { finishedJob } from '#test/support/finished-job.ts'
import { runChild } from '#test/support/run-child.ts'
import { startRedis } from '#test/support/start-redis.ts'

const PROGRAM = new URL('./expire-and-die.ts', import.meta.url)

let redis: Awaited<ReturnType<typeof startRedis>>
let folder: string
let stores: Stores
before(async () => {
  redis = await startRedis()
  folder = await mkdtemp(join(tmpdir(), 'thresher-expiry-'))
  stores = await connectDefault({ redisUrl: redis.url, artifactUrl: pathToFileURL(folder).href })
})
after(async () => {
  await stores.close()
  await redis.stop()
  await rm(folder, { recursive: true })
})

const inAnHour = () => Date.now() + 3_700_000

async function endedJob(): Promise<string> {
  const expiresAfterSeconds = { checkpoints: 3600, artifacts: 3600 }
  const { id } = await finishedJob(stores, { expiresAfterSeconds })
  const file = { name: 'model.onnx', mediaType: 'application/onnx', description: 'a file made on request' }
  const stored = await stores.blobs.put(id, [Buffer.from('an export')])
  await stores.exports.record({ id }, 'model.onnx?step=469', { ...file, ...stored })
  return id
}

async function blobsOf(namespace: string): Promise<string[]> {
  const found: string[] = []
  for await (const blob of stores.blobs.list()) if (blob.namespace === namespace) found.push(blob.sha256)
  return found
}

/** Whatever a job names must exist. */
async function assertWhole(jobId: string): Promise<void> {
  const { checkpoints, artifacts } = await stores.jobs.require(jobId)
  const stored = await blobsOf(jobId)
  for (const { sha256 } of [...checkpoints, ...artifacts]) assert.ok(stored.includes(sha256), jobId)
}

it('a process that is killed before any write of an expiry loses nothing that is named, and the next one completes it', async () => {
  let kills = 0
  for (let fatalWrite = 1; ; fatalWrite++) {
    const jobs = [await endedJob(), await endedJob()]
    const { model } = await registerModel(stores, { jobId: jobs[0]!, name: 'kept' })
    const { id: modelId, name, version } = model
    const input = {
      redisUrl: redis.url,
      artifactUrl: pathToFileURL(folder).href,
      now: inAnHour(),
      fatalWrite,
    }
    const ended = await runChild(PROGRAM, input).then(
      () => true,
      error => {
        assert.match(error.message, /SIGKILL/)
        return false
      },
    )
    for (const id of jobs) await assertWhole(id)
    await expireDue(stores, pino({ level: 'silent' }), inAnHour())
    await deleteOrphans(stores, new Date(Date.now() + 60_000))
    for (const id of jobs) {
      assert.deepEqual(await blobsOf(id), [])
      assert.deepEqual(await stores.exports.list(id), new Map())
      assert.deepEqual(Object.keys((await stores.jobs.require(id)).expired!), ['checkpoints', 'artifacts'])
    }
    assert.equal((await blobsOf(modelId)).length, 1)
    assert.equal((await stores.models.get(`${name}@${version}`))?.id, modelId)
    if (ended) break
    kills++
  }
  assert.ok(kills >= 6, `${kills} places to die`)
})
