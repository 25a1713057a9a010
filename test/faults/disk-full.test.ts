import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Job } from '#domain/job.ts'
import { cancel, pause as requestPause, resume } from '#domain/job-decisions.ts'
import type { Stores } from '#stores/connect.ts'
import type { EmbeddedRedis } from '#stores/embedded-redis.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { openSmallDisk, type SmallDisk } from '#test/support/small-disk.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { type SupervisorProcess, startSupervisor } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 6,
  batchSize: 512,
  validation: { fraction: 0.9 },
}

describe('a full disk', () => {
  let redis: EmbeddedRedis
  let disk: SmallDisk
  let stores: Stores
  let supervisor: SupervisorProcess
  let undisturbed: string

  before(async () => {
    redis = await startRedis()
    disk = await openSmallDisk()
    stores = await connectDefault({
      redisUrl: redis.url,
      artifactUrl: pathToFileURL(`${disk.path}/blobs`).href,
    })
    supervisor = await start()
    undisturbed = sparseDigest((await endOf(stores, await submitJob(stores, JOB))).job)
  })
  after(async () => {
    assert.equal(await supervisor.stop(), 0)
    await stores.close()
    await redis.stop()
    await disk.remove()
  })

  const start = () => startSupervisor(stores, { DATA_DIR: disk.path, REDIS_URL: redis.url })
  const writers = async () => [supervisor.pid, ...(await supervisor.runnerPids())]
  const fill = async () => disk.fill(await writers())
  const free = async () => disk.free(await writers())
  const sparseDigest = ({ artifacts }: Job) =>
    artifacts.find(({ name }) => name === 'model.sparse.safetensors')!.sha256

  /** The job's warning that it waits; meanwhile it is not over. */
  const waiting = async (job: Job) => {
    const code = disk.error === 'ENOSPC' ? 'storage_full' : 'storage_failing'
    for (;;) {
      const { status, warnings } = await stores.jobs.require(job.id)
      const warning = warnings.find(warning => warning.code === code)
      assert.doesNotMatch(status, /failed|succeeded/)
      if (warning) return warning
      await pause(20)
    }
  }
  const fillAfterFirstCheckpoint = async (request: object = JOB) => {
    const submitted = await submitJob(stores, request)
    await eventOf(stores, submitted, 'checkpointed')
    await fill()
    return submitted
  }

  it('costs a training the checkpoints on its way, said once; it waits with its result until there is space', async () => {
    const submitted = await fillAfterFirstCheckpoint()
    const { message } = await waiting(submitted)
    assert.match(message, new RegExp(`could not be .*: ${disk.error}.* The job waits and retries\\.`))
    await free()
    const { job, events } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.attempt], ['succeeded', 1])
    assert.equal(sparseDigest(job), undisturbed)
    assert.equal(job.checkpoints.at(-1)?.epoch, JOB.epochs)
    // A result may have to wait twice: to be written by the runner, then to be stored.
    const warnings = events.flatMap(event => (event.type === 'warning' ? [event.data] : []))
    const lost = warnings.filter(({ code }) => code === 'checkpoint_lost')
    assert.ok(lost.length <= 1, 'each lost checkpoint was reported')
    const messages = warnings.map(({ message }) => message)
    assert.equal(new Set(messages).size, messages.length, `a warning was repeated: ${messages.join('\n')}`)
  })

  it('keeps a job that goes on waiting at its last checkpoint, whose epochs it does not lose', async () => {
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'checkpointed')
    await stores.jobs.append(submitted.id, requestPause)
    await stores.control.wake(submitted.id)
    await eventOf(stores, submitted, 'paused')
    while ((await stores.queue.missing([submitted.id])).length === 0) await pause(20)
    await fill()
    await stores.jobs.append(submitted.id, resume)
    await stores.queue.enqueue(submitted.id)
    assert.equal((await waiting(submitted)).path, 'scratch')
    await free()
    const { job, events } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.attempt, job.restarts], ['succeeded', 2, 0])
    const epochs = events.flatMap(event => (event.type === 'epoch' ? [event.data.epoch] : []))
    assert.deepEqual(epochs, [1, 2, 3, 4, 5, 6])
    assert.equal(sparseDigest(job), undisturbed)
  })

  it('does not keep a job that waits from being cancelled', async () => {
    const submitted = await fillAfterFirstCheckpoint()
    await waiting(submitted)
    await stores.jobs.append(submitted.id, cancel)
    await stores.control.wake(submitted.id)
    const { job } = await endOf(stores, submitted)
    assert.equal(job.status, 'cancelled')
    await free()
  })

  it('leaves a job that waits to the next supervisor when this one is told to stop', async () => {
    const submitted = await fillAfterFirstCheckpoint()
    await waiting(submitted)
    assert.equal(await supervisor.stop(), 0)
    assert.equal((await stores.jobs.require(submitted.id)).status, 'restarting')
    await disk.free([])
    supervisor = await start()
    const { job } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.restarts], ['succeeded', 0])
    assert.equal(sparseDigest(job), undisturbed)
  })
})
