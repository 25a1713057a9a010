import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { EvaluationResult } from '#analyses/evaluation-result.ts'
import { AnalysisProgress } from '#domain/analysis.ts'
import type { Job } from '#domain/job.ts'
import { cancelJob } from '#jobs/cancel-job.ts'
import { deleteJob } from '#jobs/delete-job.ts'
import { readResult } from '#jobs/read-analysis-file.ts'
import type { Stores } from '#stores/connect.ts'
import type { EmbeddedRedis } from '#stores/embedded-redis.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { newAnalysis } from '#test/support/finished-job.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { type SupervisorProcess, startSupervisor } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

// The batches are small, so that an evaluation of the validation split takes thousands of them, and is interrupted within.
const JOB = {
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
  epochs: 1,
  batchSize: 32,
  validation: { fraction: 0.9 },
}

describe('an analysis', () => {
  let redis: EmbeddedRedis
  let dataDir: string
  let stores: Stores
  let supervisor: SupervisorProcess
  let sparse: Job
  let dense: Job

  before(async () => {
    redis = await startRedis()
    dataDir = await mkdtemp(join(tmpdir(), 'thresher-test-'))
    const artifactUrl = pathToFileURL(join(dataDir, 'blobs')).href
    stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
    supervisor = await start()
    const twin = { ...JOB, optimizer: { name: 'sgd', learningRate: 0.1 } }
    const submitted = [await submitJob(stores, JOB), await submitJob(stores, twin)]
    sparse = (await endOf(stores, submitted[0]!)).job
    dense = (await endOf(stores, submitted[1]!)).job
  })
  after(async () => {
    assert.equal(await supervisor.stop(), 0)
    await stores.close()
    await redis.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const start = () => startSupervisor(stores, { DATA_DIR: dataDir, REDIS_URL: redis.url })
  const evaluate = (more = {}) => newAnalysis(stores, sparse, { jobs: [sparse.id, dense.id], ...more })
  const analyses = () => ({ ...stores, jobs: stores.work })
  const ended = (analysis: Job) => endOf(analyses(), analysis)
  const firstProgress = async ({ id }: Job): Promise<void> => {
    while (!(await stores.events.lastProgress(id, AnalysisProgress))) await pause(20)
  }
  const digests = ({ artifacts }: Job) => artifacts.map(({ name, sha256 }) => [name, sha256])
  let undisturbed: Job

  it('measures exactly what the job itself has measured on the same examples, and leaves its files', async () => {
    const { job, events } = await ended(await evaluate())
    undisturbed = job
    assert.deepEqual(
      events.map(({ type }) => type),
      ['queued', 'started', ...Array(4).fill('artifact'), 'succeeded'],
    )
    const result = (await readResult(stores, job)) as EvaluationResult
    assert.deepEqual([result.examples, result.source], [54_000, 'train'])
    for (const [index, { metrics }] of [sparse, dense].entries()) {
      const { accuracy, top5Accuracy } = result.models[index]!.metrics
      assert.deepEqual(
        [accuracy, top5Accuracy],
        [metrics!.validationAccuracy, metrics!.validationTop5Accuracy],
      )
    }
    const { flipped, agreement } = result.comparison!
    assert.equal(flipped!.count, Math.round((1 - agreement!) * 54_000))
    const [own, twin] = result.models.map(({ metrics }) => metrics.accuracy! * 54_000)
    assert.equal(flipped!.gained - flipped!.lost, Math.round(own! - twin!))
  })

  it('is repeated from its start, to the same bits, after its runner is killed', async () => {
    const analysis = await evaluate()
    await firstProgress(analysis)
    for (const pid of await supervisor.runnerPids()) process.kill(pid, 'SIGKILL')
    const { job, events } = await ended(analysis)
    assert.deepEqual([job.status, job.attempt, job.restarts], ['succeeded', 2, 1])
    assert.ok(events.some(({ type }) => type === 'restarted'))
    assert.deepEqual(digests(job), digests(undisturbed))
  })

  it('continues from the state that it has saved, to the same bits, if it is a study of the loss surface', async () => {
    const request = { kind: 'connectivity', epochs: 1, points: 41 }
    const undisturbed = await ended(await evaluate(request))
    const analysis = await evaluate(request)
    await eventOf(analyses(), analysis, 'checkpointed')
    for (const pid of await supervisor.runnerPids()) process.kill(pid, 'SIGKILL')
    const { job, events } = await ended(analysis)
    assert.deepEqual([job.status, job.restarts], ['succeeded', 1])
    const steps = events.flatMap(event => (event.type === 'checkpointed' ? [event.data.step] : []))
    assert.deepEqual(
      steps,
      [...new Set(steps)].sort((a, b) => a - b),
      'no saved work is repeated',
    )
    assert.deepEqual(digests(job), digests(undisturbed.job))
    assert.deepEqual(job.checkpoints, [])
  })

  it('fails when its runner is killed once more than maxRestarts allows', async () => {
    const analysis = await evaluate({ maxRestarts: 0 })
    await firstProgress(analysis)
    for (const pid of await supervisor.runnerPids()) process.kill(pid, 'SIGKILL')
    const { job } = await ended(analysis)
    assert.deepEqual([job.status, job.error?.code], ['failed', 'worker_lost'])
  })

  it('ends at once when it is cancelled', async () => {
    const analysis = await evaluate()
    await firstProgress(analysis)
    assert.equal((await cancelJob(analyses(), analysis.id)).status, 'cancelling')
    const { job } = await ended(analysis)
    assert.deepEqual([job.status, job.artifacts], ['cancelled', []])
  })

  it('is requeued when its worker is told to stop, and finished by the next one, even if its jobs are gone', async () => {
    const analysis = await evaluate()
    await eventOf(stores, analysis, 'started')
    await firstProgress(analysis)
    assert.equal(await supervisor.stop(), 0)
    const waiting = await stores.analyses.require(analysis.id)
    assert.deepEqual([waiting.status, waiting.restarts], ['restarting', 0])
    for (const { id } of [sparse, dense]) await deleteJob(stores, id)
    supervisor = await start()
    const { job } = await ended(analysis)
    assert.equal(job.status, 'succeeded')
    assert.deepEqual(digests(job), digests(undisturbed))
  })
})
