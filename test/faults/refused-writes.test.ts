import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { reconcileQueue } from '#maintenance/reconcile-queue.ts'
import type { Stores } from '#stores/connect.ts'
import type { EmbeddedRedis } from '#stores/embedded-redis.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { refuseWrites } from '#test/support/refuse-writes.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { type SupervisorProcess, startSupervisor } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

const JOB = { model: { preset: 'mnist-mlp' }, epochs: 6, batchSize: 512, validation: { fraction: 0.9 } }
/** BullMQ looks at its locks every 15 s, and renews those that are older than that. */
const RENEWED_MS = 31_000

let redis: EmbeddedRedis
let dataDir: string
let stores: Stores
let supervisors: SupervisorProcess[]

before(async () => {
  redis = await startRedis()
  dataDir = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  stores = await connectDefault({
    redisUrl: redis.url,
    artifactUrl: pathToFileURL(join(dataDir, 'blobs')).href,
  })
  const start = () => startSupervisor(stores, { DATA_DIR: dataDir, REDIS_URL: redis.url })
  supervisors = await Promise.all([start(), start()])
})
after(async () => {
  for (const supervisor of supervisors) assert.equal(await supervisor.stop(), 0)
  await stores.close()
  await redis.stop()
  await rm(dataDir, { recursive: true, force: true })
})

it('a worker keeps its job while Redis refuses all writes for longer than its lease and its lock, whoever else waits for jobs', async () => {
  const stopReconciling = reconcileQueue(stores, pino({ level: 'silent' }))
  const submitted = await submitJob(stores, JOB)
  await eventOf(stores, submitted, 'checkpointed')
  const { worker } = await stores.jobs.require(submitted.id)
  const holder = supervisors.find(({ id }) => id === worker!.id)!
  const runners = await holder.runnerPids()
  // It takes no processor time, and does not end before its lock would have been renewed.
  for (const pid of runners) process.kill(pid, 'SIGSTOP')
  await stores.redis.del(`${redisKeys.bull}:jobs:${submitted.id}:lock`)
  const acceptWrites = await refuseWrites(stores.redis)
  await pause(RENEWED_MS)
  assert.equal(await stores.workers.get(holder.id), undefined, 'its lease has run out')
  await acceptWrites()
  // As BullMQ does with a job that has no lock: the other worker is idle and takes it at once.
  await stores.queue.reclaim(submitted.id)
  while ((await stores.queue.missing([submitted.id])).length === 0) await pause(50)
  for (const pid of runners) process.kill(pid, 'SIGCONT')
  const { job, events } = await endOf(stores, submitted)
  await stopReconciling()
  assert.deepEqual([job.status, job.attempt, job.restarts], ['succeeded', 1, 0])
  assert.equal(job.worker?.id, holder.id)
  const epochs = events.flatMap(event => (event.type === 'epoch' ? [event.data.epoch] : []))
  assert.deepEqual(epochs, [1, 2, 3, 4, 5, 6])
})
