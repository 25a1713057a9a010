import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { AnalysisProgress } from '#domain/analysis.ts'
import type { Job } from '#domain/job.ts'
import { cancelJob } from '#jobs/cancel-job.ts'
import { newAnalysis } from '#test/support/finished-job.ts'
import { type SupervisedStores, startSupervisedStores } from '#test/support/start-supervised-stores.ts'
import type { SupervisorProcess } from '#test/support/start-supervisor.ts'
import { endOf, eventOf, submitJob } from '#test/support/submit-job.ts'

const JOB = { model: { preset: 'mnist-mlp' }, epochs: 1, batchSize: 32, validation: { fraction: 0.9 } }

/** Studies that take longer than a state is saved after. */
const STUDIES = {
  connectivity: { kind: 'connectivity', epochs: 1, points: 81 },
  hessian: { kind: 'hessian', eigenvectors: 5, tolerance: 1e-9, maxProducts: 60 },
}

describe('a study of the loss surface', () => {
  let test: SupervisedStores
  let supervisor: SupervisorProcess
  let jobs: Job[]

  before(async () => {
    test = await startSupervisedStores()
    supervisor = await test.start()
    jobs = []
    for (const optimizer of [
      { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 },
      { name: 'sgd', learningRate: 0.1 },
    ]) {
      const submitted = await submitJob(test.stores, { ...JOB, optimizer })
      jobs.push((await endOf(test.stores, submitted)).job)
    }
  })
  after(async () => {
    assert.equal(await supervisor.stop(), 0)
    await test.stop()
  })

  const analyses = () => ({ ...test.stores, jobs: test.stores.work })
  const begin = (request: object) =>
    newAnalysis(test.stores, jobs[0]!, { jobs: jobs.map(({ id }) => id), ...request })
  const digests = ({ artifacts }: Job) => artifacts.map(({ name, sha256 }) => [name, sha256])

  for (const [kind, request] of Object.entries(STUDIES)) {
    it(`of the kind ${kind} has the same bytes after a kill -9 of its supervisor`, async () => {
      const { job: undisturbed } = await endOf(analyses(), await begin(request))
      assert.equal(undisturbed.status, 'succeeded')
      const analysis = await begin(request)
      await eventOf(analyses(), analysis, 'checkpointed')
      await supervisor.kill()
      supervisor = await test.start()
      const { job, events } = await endOf(analyses(), analysis)
      assert.deepEqual([job.status, job.restarts], ['succeeded', 1])
      const steps = events.flatMap(event => (event.type === 'checkpointed' ? [event.data.step] : []))
      assert.deepEqual(
        steps,
        [...new Set(steps)].toSorted((a, b) => a - b),
        'saved work is not repeated',
      )
      assert.deepEqual(digests(job), digests(undisturbed))
    })

    it(`of the kind ${kind} ends when it is cancelled, without files`, async () => {
      const analysis = await begin(request)
      while (!(await test.stores.events.lastProgress(analysis.id, AnalysisProgress))) await pause(20)
      await cancelJob(analyses(), analysis.id)
      const { job, events } = await endOf(analyses(), analysis)
      assert.deepEqual([job.status, job.artifacts], ['cancelled', []])
      assert.ok(!events.some(({ type }) => type === 'checkpointed'), 'it computed on for more than 10 s')
    })
  }
})
