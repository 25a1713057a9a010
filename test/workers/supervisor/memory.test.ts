import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { JobEvent } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { begin, finish } from '#domain/job-decisions.ts'
import { findRoom } from '#jobs/find-room.ts'
import { estimateMemory } from '#jobs/memory-estimate.ts'
import type { Stores } from '#stores/connect.ts'
import { finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { type SupervisedStores, startSupervisedStores } from '#test/support/start-supervised-stores.ts'
import type { SupervisorProcess } from '#test/support/start-supervisor.ts'
import { endOf, submitJob } from '#test/support/submit-job.ts'
import { Admission } from '#workers/supervisor/admission.ts'

/** Less than a runner holds before it has anything to do. */
const LIMIT_MB = 300

const JOB = { model: { preset: 'mnist-mlp' }, epochs: 1, batchSize: 512, validation: { fraction: 0.9 } }

describe('the memory of a worker', () => {
  let test: SupervisedStores
  let stores: Stores
  let small: SupervisorProcess

  before(async () => {
    test = await startSupervisedStores()
    stores = test.stores
    small = await start({ WORKER_MEMORY_MB: String(LIMIT_MB) })
  })
  after(async () => {
    assert.equal(await small.stop(), 0)
    await test.stop()
  })

  const start = (environment: { WORKER_MEMORY_MB?: string } = {}) => test.start(environment)

  /** As if such a job had held so much when it was last trained. */
  const measure = async (request: object, peakMemoryBytes: number) => {
    const { id } = await submitJob(stores, request, { enqueue: false })
    await stores.jobs.append(id, begin({ id: 'worker_before', engine: 'native', device: 'cpu' }))
    const { job, events } = await stores.jobs.append(id, finish({ type: 'succeeded', peakMemoryBytes }))
    await stores.measurements.record(job, events)
  }

  it('is told by it', async () => {
    const status = await stores.workers.get(small.id)
    assert.equal(status?.memoryBytes, LIMIT_MB * 1e6)
  })

  it('ends a job that takes more with out_of_memory, the numbers and what to do', async () => {
    // Long enough for its worker to look at its memory, which it does ten times a second.
    const request = { ...JOB, epochs: 1000 }
    await measure(request, 1e6)
    const { job } = await endOf(stores, await submitJob(stores, request))
    assert.deepEqual([job.status, job.error?.code, job.error?.retryable], ['failed', 'out_of_memory', false])
    assert.match(
      job.error!.message,
      /used \d+ MB of memory; the limit of its worker is 300 MB\. Use a smaller/,
    )
    assert.ok(job.peakMemoryBytes! > LIMIT_MB * 1e6)
    assert.equal(job.restarts, 0)
    const measured = await stores.measurements.peakMemory(job.spec)
    assert.deepEqual([...measured.values()], [1e6], 'what a killed one held became what equal jobs need')
  })

  it('decides who begins a job: one that it is too small for is left to a larger worker', async () => {
    const request = { ...JOB, batchSize: 500 }
    const submitted = await submitJob(stores, request)
    await measure({ ...JOB, batchSize: 400 }, 1e6)
    // Taken after the one before it: by then the small worker has given that one back.
    await endOf(stores, await submitJob(stores, { ...JOB, batchSize: 400 }))
    assert.equal((await stores.jobs.require(submitted.id)).status, 'queued')
    const large = await start()
    const { job } = await endOf(stores, submitted)
    assert.deepEqual([job.status, job.worker?.id], ['succeeded', large.id])
    assert.deepEqual([job.attempt, job.restarts], [1, 0])
    // The supervisor records it after the event that ends the job.
    const measured = async () => (await stores.measurements.peakMemory(job.spec)).get(job.worker!.engine)
    while ((await measured()) === undefined) await pause(20)
    assert.equal(await measured(), job.peakMemoryBytes)
    const [run] = await stores.measurements.finishedRuns(job.spec.model)
    assert.equal(run?.engine, job.worker!.engine)
    assert.ok(run!.stepSeconds > 0)
    const ratio = estimateMemory(job.spec) / job.peakMemoryBytes!
    assert.ok(ratio > 0.6 && ratio < 1.7, `the estimate is ${ratio} of what was held`)
    assert.equal(await large.stop(), 0)
  })

  it('fails a job that no worker has had room for in a while, before it begins', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const admission = new Admission(stores, small.id)
    const { id } = await submitJob(stores, { ...JOB, batchSize: 300 }, { enqueue: false })
    await stores.jobs.append(id, (await admission.refuse(id))!)
    assert.equal((await stores.jobs.require(id)).status, 'queued')
    mock.timers.tick(60_000)
    const { job } = await stores.jobs.append(id, (await admission.refuse(id))!)
    mock.timers.reset()
    assert.deepEqual([job.status, job.error?.code, job.attempt], ['failed', 'out_of_memory', 0])
    assert.match(job.error!.message, /needs [\d,]+ MB of memory \(estimated\); the largest worker has 300 MB/)
  })

  it('decides who begins an analysis: its vectors count, and what the last one with the same options has held', async () => {
    const { id: jobId } = await finishedJob(stores, { model: { preset: 'mnist-mlp' }, batchSize: 64 })
    const analysis = async (eigenvectors: number) => {
      const request = { kind: 'hessian', jobs: [{ id: jobId, checkpoint: 1 }], eigenvectors }
      const twice = { ...request, jobs: [...request.jobs, ...request.jobs] }
      return await stores.work.require(
        (await newAnalysis(stores, await stores.jobs.require(jobId), twice)).id,
      )
    }
    const needOf = async ({ spec, analysis }: Job) => (await findRoom(stores, spec, analysis)).neededBytes
    const modest = await start({ WORKER_MEMORY_MB: '900' })
    const vectorBytes = 4 * 407_050
    const few = await analysis(1)
    assert.equal(await needOf(few), estimateMemory(few.spec) + (2 * 21 + 6) * vectorBytes)
    assert.equal(await new Admission(stores, modest.id).refuse(few.id), undefined)
    await assert.rejects(
      analysis(50),
      /^AppError: The analysis needs 1,021 MB of memory \(estimated\); the largest/,
    )
    const peakMemoryBytes = 123e6
    const measured: Job = { ...few, worker: { id: 'x', engine: 'native', device: 'cpu' }, peakMemoryBytes }
    await stores.measurements.record(measured, [{ type: 'succeeded' } as JobEvent])
    assert.equal(await needOf(few), peakMemoryBytes)
    const more = { ...few.analysis!, options: { ...few.analysis!.options, eigenvectors: 2 } }
    assert.ok((await needOf({ ...few, analysis: more })) > estimateMemory(few.spec))
    assert.equal(await modest.stop(), 0)
  })

  it('of 900 MB is enough for small jobs, one after the other, with a Keras file as artifact', async () => {
    const modest = await start({ WORKER_MEMORY_MB: '900' })
    const request = { ...JOB, batchSize: 64, epochs: 2, artifacts: ['keras'] }
    for (let time = 0; time < 2; time++) {
      const { job } = await endOf(stores, await submitJob(stores, request))
      assert.deepEqual([job.status, job.worker?.id, job.error], ['succeeded', modest.id, undefined])
    }
    assert.equal(await modest.stop(), 0)
  })
})
