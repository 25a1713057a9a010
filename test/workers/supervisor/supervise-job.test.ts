import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { processExists } from '#children/is-alive.ts'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { cancel, pause as requestPause, resume } from '#domain/job-decisions.ts'
import { releaseJobs } from '#jobs/release-jobs.ts'
import type { Stores } from '#stores/connect.ts'
import { type SupervisedStores, startSupervisedStores } from '#test/support/start-supervised-stores.ts'
import type { SupervisorProcess } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 6,
  batchSize: 512,
  validation: { fraction: 0.9 },
}
const epochNumbers = Array.from({ length: JOB.epochs }, (_, index) => index + 1)
const SPARSE = 'model.sparse.safetensors'
const LIMIT = { timeout: 60_000 }

describe('the supervisor', { timeout: 400_000 }, () => {
  let test: SupervisedStores
  let stores: Stores
  let supervisor: SupervisorProcess

  before(async () => {
    test = await startSupervisedStores()
    stores = test.stores
    supervisor = await start()
  })
  // Each has its own limit, which names what does not end.
  after(async () => assert.equal(await supervisor.stop(), 0), LIMIT)
  after(async () => assert.deepEqual(await stores.workers.list(), []), LIMIT)
  after(() => test.stop(), LIMIT)

  const start = () => test.start()
  const sparseDigest = ({ artifacts }: Job) => artifacts.find(({ name }) => name === SPARSE)!.sha256
  /** As the api does, once the queue is through with the paused job. */
  const resumeJob = async ({ id }: Job) => {
    while ((await stores.queue.missing([id])).length === 0) await pause(20)
    await stores.jobs.append(id, resume)
    await releaseJobs(stores)
  }
  let undisturbedDigest: string

  it('trains a job to its end, tells all of it in order and keeps what it made', async () => {
    const submitted = await submitJob(stores, { ...JOB, artifacts: ['sparse', 'safetensors'] })
    const { job, events } = await endOf(stores, submitted)
    assert.deepEqual(
      events.map(({ seq, type, attempt }) => [seq, type, attempt]),
      [
        [1, 'queued', 0],
        [2, 'started', 1],
        ...epochNumbers.flatMap(epoch => [
          [1 + 2 * epoch, 'epoch', 1],
          [2 + 2 * epoch, 'checkpointed', 1],
        ]),
        ...[15, 16, 17].map(seq => [seq, 'artifact', 1]),
        [18, 'succeeded', 1],
      ],
    )
    assert.equal(job.status, 'succeeded')
    assert.equal(job.worker?.id, supervisor.id)
    assert.deepEqual(job.artifacts.map(({ name }) => name).sort(), [
      'metrics.csv',
      'model.safetensors',
      SPARSE,
    ])
    for (const { name, sha256, sizeBytes } of job.artifacts) {
      const { stream } = await stores.blobs.open(job.id, sha256)
      const bytes = Buffer.concat(await stream.toArray())
      assert.equal(bytes.length, sizeBytes)
      assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256)
      if (name === SPARSE) assert.equal(job.metrics?.sparseBytes, sizeBytes)
      if (name === 'metrics.csv') assert.equal(bytes.toString().trim().split('\r\n').length, 1 + JOB.epochs)
    }
    undisturbedDigest = sparseDigest(job)
  })

  it('goes on while nothing can be stored, says so, keeps what it has, and ends once it can be', async t => {
    const incoming = join(test.dataDir, 'blobs', 'incoming')
    t.after(() => rm(incoming, { force: true, recursive: true }))
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'checkpointed')
    await replaceByFile(incoming)
    const { data: lost } = await eventOf(stores, submitted, 'warning')
    assert.equal(lost.code, 'checkpoint_lost')
    assert.match(lost.message, /could not be stored: EEXIST.* Earlier checkpoints are still stored/)
    const { checkpoints: kept } = await stores.jobs.require(submitted.id)
    assert.ok(kept.length > 0)
    for (const { sha256 } of kept) await stores.blobs.stat(submitted.id, sha256)
    while (!(await stores.jobs.require(submitted.id)).warnings.some(({ code }) => code === 'storage_failing'))
      await pause(20)
    await rm(incoming)
    const { job } = await endOf(stores, submitted)
    assert.equal(job.status, 'succeeded')
    assert.equal(job.checkpoints.at(-1)?.epoch, JOB.epochs)
    assert.equal(sparseDigest(job), undisturbedDigest)
  })

  it('keeps the files of the latest and the best checkpoint, and no others', async () => {
    const checkpoint = { keepLatest: 2, keepBest: 1, bestBy: 'validationLoss' }
    const { job, events } = await endOf(stores, await submitJob(stores, { ...JOB, checkpoint }))
    const losses = events.flatMap(event => (event.type === 'epoch' ? [event.data.validationLoss] : []))
    const best = 1 + losses.indexOf(Math.min(...losses))
    assert.deepEqual(
      job.checkpoints.map(({ epoch }) => epoch),
      [...new Set([best, 5, 6])].sort((a, b) => a - b),
    )
    const files = await readdir(join(test.dataDir, 'blobs', job.id))
    const kept = [...job.checkpoints, ...job.artifacts].map(({ sha256 }) => sha256)
    assert.deepEqual(files.sort(), kept.sort())
  })

  it('pauses in the middle of an epoch and goes on to the same bits', async () => {
    const submitted = await submitJob(stores, { ...JOB, checkpoint: { everyEpochs: 100 } })
    await eventOf(stores, submitted, 'epoch')
    await stores.jobs.append(submitted.id, requestPause)
    await stores.control.wake(submitted.id)
    await eventOf(stores, submitted, 'paused')
    const paused = await stores.jobs.require(submitted.id)
    assert.equal(paused.checkpoints.length, 1)
    await resumeJob(submitted)
    const { job, events } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.attempt, job.restarts], ['succeeded', 2, 0])
    const epochs = events.flatMap(event => (event.type === 'epoch' ? [event.data.epoch] : []))
    assert.deepEqual(epochs, epochNumbers)
    assert.equal(sparseDigest(job), undisturbedDigest)
  })

  it('goes on from the checkpoint before one whose file is damaged, and says so', async () => {
    const checkpoint = { keepLatest: 2, keepBest: 0 }
    const submitted = await submitJob(stores, { ...JOB, epochs: 200, checkpoint })
    await eventOf(stores, submitted, 'checkpointed')
    await stores.jobs.append(submitted.id, requestPause)
    await stores.control.wake(submitted.id)
    await eventOf(stores, submitted, 'paused')
    const { checkpoints } = await stores.jobs.require(submitted.id)
    const newest = join(test.dataDir, 'blobs', submitted.id, checkpoints.at(-1)!.sha256)
    const bytes = await readFile(newest)
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(newest, bytes)
    await resumeJob(submitted)
    const warning = await eventOf(stores, submitted, 'warning')
    assert.equal(warning.data.code, 'broken_checkpoint')
    await eventOf(stores, submitted, 'epoch', 2)
    await stores.jobs.append(submitted.id, cancel)
    await stores.control.wake(submitted.id)
    const { events } = await endOf(stores, submitted)
    const [first] = events.flatMap(e => (e.type === 'epoch' && e.attempt === 2 ? [e.data.epoch] : []))
    assert.equal(first, checkpoints.at(-2)!.epoch + 1)
  })

  it('cancels a running job, and is free for the next', async () => {
    const submitted = await submitJob(stores, { ...JOB, epochs: 1000 })
    await eventOf(stores, submitted, 'epoch')
    await stores.jobs.append(submitted.id, cancel)
    await stores.control.wake(submitted.id)
    const { job, events } = await endOf(stores, submitted)
    assert.equal(job.status, 'cancelled')
    assert.deepEqual(job.artifacts, [])
    assert.equal(events.at(-1)?.type, 'cancelled')
    const next = await endOf(stores, await submitJob(stores, { ...JOB, epochs: 1 }))
    assert.equal(next.job.status, 'succeeded')
  })

  it('trains a job in the runner of the one before if that succeeded, and in a new one if not', async () => {
    const start = async (request: object) => {
      const job = await submitJob(stores, request)
      await eventOf(stores, job, 'epoch')
      return { job, runners: await supervisor.runnerPids() }
    }
    await endOf(stores, await submitJob(stores, { ...JOB, epochs: 1 }))
    const kept = await supervisor.runnerPids()
    const cancelled = await start({ ...JOB, epochs: 1000 })
    assert.deepEqual(cancelled.runners, kept)
    await stores.jobs.append(cancelled.job.id, cancel)
    await stores.control.wake(cancelled.job.id)
    await endOf(stores, cancelled.job)
    const last = await start(JOB)
    assert.notDeepEqual(last.runners, kept)
    assert.equal(sparseDigest((await endOf(stores, last.job)).job), undisturbedDigest)
  })

  it('starts a job again when its runner is killed, to the same bits', async () => {
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'checkpointed')
    for (const pid of await supervisor.runnerPids()) process.kill(pid, 'SIGKILL')
    const { job, events } = await endOf(stores, submitted)
    assert.equal(job.status, 'succeeded')
    assert.deepEqual([job.attempt, job.restarts], [2, 1])
    expectGoneOn(events, 'runner_lost')
    assert.equal(sparseDigest(job), undisturbedDigest)
  })

  it('gives up after maxRestarts', async () => {
    const submitted = await submitJob(stores, { ...JOB, epochs: 1000, maxRestarts: 0 })
    await eventOf(stores, submitted, 'epoch')
    for (const pid of await supervisor.runnerPids()) process.kill(pid, 'SIGKILL')
    const { job } = await endOf(stores, submitted)
    assert.equal(job.status, 'failed')
    assert.equal(job.error?.code, 'worker_lost')
    assert.match(job.error.message, /SIGKILL/)
  })

  it('says in which step a training diverges and what it has done, and keeps the last good checkpoint', async () => {
    // Pixels so large that a rate which grows a thousandfold with each epoch must break some later one.
    const dataset = { id: 'mnist', normalize: { mean: [0], std: [1e-23] } }
    const optimizer = { name: 'sgd', learningRate: 1e-28 }
    const schedule = { name: 'exponential', factor: 1000 }
    const submitted = await submitJob(stores, { ...JOB, dataset, optimizer, schedule })
    const { job } = await endOf(stores, submitted)
    assert.equal(job.status, 'failed')
    assert.equal(job.error?.code, 'diverged')
    assert.match(job.error.message, /in step \d+\. No longer finite: dense_1\/kernel/)
    assert.ok(job.metrics && job.metrics.epoch >= 1)
    assert.equal(job.checkpoints.at(-1)?.epoch, job.metrics.epoch)
  })

  it('ends a job that runs longer than it may', async () => {
    const submitted = await submitJob(stores, { ...JOB, epochs: 1000, maxRuntimeSeconds: 1 })
    const { job } = await endOf(stores, submitted)
    assert.equal(job.status, 'failed')
    assert.equal(job.error?.code, 'timed_out')
  })

  it('gives its job back when told to stop, and the next supervisor finishes it', async () => {
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'checkpointed')
    const runners = await supervisor.runnerPids()
    assert.equal(await supervisor.stop(), 0)
    assert.equal((await stores.jobs.require(submitted.id)).status, 'restarting')
    await gone(runners)
    assert.deepEqual(await readdir(join(test.dataDir, 'scratch')), [])
    supervisor = await start()
    const { job, events } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.attempt, job.restarts], ['succeeded', 2, 0])
    expectGoneOn(events, 'shutdown')
    assert.equal(sparseDigest(job), undisturbedDigest)
  })

  it('takes its job with it when killed, and the next supervisor on this host takes over at once', async () => {
    const submitted = await submitJob(stores, JOB)
    await eventOf(stores, submitted, 'checkpointed')
    const runners = await supervisor.runnerPids()
    await supervisor.kill()
    await gone(runners)
    supervisor = await start()
    const { job, events } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.attempt, job.restarts], ['succeeded', 2, 1])
    assert.equal(job.worker?.id, supervisor.id)
    expectGoneOn(events, 'worker_lost')
    assert.equal(sparseDigest(job), undisturbedDigest)
    assert.deepEqual(await readdir(join(test.dataDir, 'scratch')), [supervisor.id])
  })
})

/** The second attempt began with the epoch after the last checkpoint. */
function expectGoneOn(events: readonly JobEvent[], reason: string): void {
  const restarted = events.findIndex(({ type }) => type === 'restarted')
  const checkpoint = events.slice(0, restarted).findLast(event => event.type === 'checkpointed')
  const fromEpoch = checkpoint!.data.epoch
  assert.deepEqual(events[restarted]!.data, { reason, fromEpoch })
  const again = events.slice(restarted).find(event => event.type === 'epoch')
  assert.equal(again?.data.epoch, fromEpoch + 1)
}

/** Puts a file in the place of a folder, even if a store creates the folder again meanwhile: nothing can be written in it. */
async function replaceByFile(folder: string): Promise<void> {
  for (;;) {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 })
    try {
      return await writeFile(folder, 'not a folder', { flag: 'wx' })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EISDIR' && code !== 'EEXIST') throw error
    }
  }
}

async function gone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    while (processExists(pid) && !(await isZombie(pid))) await pause(20)
  }
}

/** Whether a process has ended, and nobody has asked for its exit code. */
async function isZombie(pid: number): Promise<boolean> {
  return /\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
}
