import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { pino } from 'pino'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { TenantSettings } from '#access/quotas.ts'
import { digestWeights, encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { createSweep } from '#jobs/create-sweep.ts'
import { driveSweep } from '#jobs/drive-sweep.ts'
import type { Stores } from '#stores/connect.ts'
import { SweepRequest } from '#sweeps/sweep-request.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'

const log = pino({ level: 'silent' })
const WEIGHTS: FloatTensor[] = [
  { name: 'out/kernel', shape: [2], dtype: 'F32', data: new Float32Array([1, 2]) },
]
const REQUEST = SweepRequest.parse({
  base: { model: { preset: 'mnist-mlp' }, epochs: 2 },
  search: { method: 'grid' },
  space: { 'optimizer.c': [0.001, 0.002, 0.003, 0.004] },
  maxConcurrent: 3,
})

describe('Driving a sweep', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())

  const of = (stores: Stores) => ({ ...stores, datasetsDir: '' })
  const create = async (request = REQUEST) => (await createSweep(of(test.stores), request)).sweep.id
  const drive = (sweepId: string, stores = test.stores) => driveSweep(of(stores), sweepId, { log })
  const jobsOf = async (sweepId: string) =>
    (await test.stores.jobIndex.list({ filter: { sweepId }, order: 'asc', limit: 100 })).jobs

  it('submits no trial twice when the process dies between a submission and its record', async () => {
    const sweepId = await create()
    const dying = Object.create(test.stores.sweeps)
    dying.get = test.stores.sweeps.get.bind(test.stores.sweeps)
    dying.require = test.stores.sweeps.require.bind(test.stores.sweeps)
    let records = 0
    dying.append = async (...args: Parameters<Stores['sweeps']['append']>) => {
      if (records++ > 0) throw new Error('killed')
      return await test.stores.sweeps.append(...args)
    }
    await assert.rejects(driveSweep({ ...of(test.stores), sweeps: dying }, sweepId, { log }), /killed/)
    assert.equal((await jobsOf(sweepId)).length, 3)
    assert.deepEqual((await test.stores.sweeps.require(sweepId)).state.trials[0]!.runs[0]!.status, 'pending')
    const { state } = await drive(sweepId)
    const ids = (await jobsOf(sweepId)).map(({ id }) => id)
    assert.deepEqual(
      state.trials.map(({ runs }) => runs[0]!.jobId),
      ids,
    )
    assert.equal(ids.length, 3)
  })

  it('from several processes at once submits each trial once', async () => {
    const sweepId = await create()
    const stores = [test.stores, await test.connectAgain(), await test.connectAgain()]
    await Promise.all(stores.map(each => drive(sweepId, each)))
    for (const { id } of await jobsOf(sweepId)) {
      await startJob(test.stores, id)
      await succeed(test.stores, id)
    }
    await Promise.all(stores.map(each => drive(sweepId, each)))
    const jobs = await jobsOf(sweepId)
    assert.deepEqual(
      jobs.map(({ spec }) => 'c' in spec.optimizer && spec.optimizer.c),
      [0.001, 0.002, 0.003, 0.004],
    )
  })

  it('waits with submissions while the stores are nearly full', async () => {
    const sweepId = await create()
    await driveSweep(of(test.stores), sweepId, { log, maySubmit: false })
    assert.deepEqual(await jobsOf(sweepId), [])
    await drive(sweepId)
    assert.equal((await jobsOf(sweepId)).length, 3)
  })

  it('waits with submissions while a quota is used up', async () => {
    const { tenantSettings } = test.stores
    const queued = (await test.stores.jobIndex.list({ filter: { statuses: ['queued'] }, limit: 200 })).jobs
    const limit = async (quotas: object) =>
      await tenantSettings.set(DEFAULT_TENANT, TenantSettings.parse({ quotas }))
    await limit({ queuedJobs: queued.length + 2 })
    const sweepId = await create()
    await drive(sweepId)
    assert.equal((await jobsOf(sweepId)).length, 2)
    await limit({})
    await drive(sweepId)
    assert.equal((await jobsOf(sweepId)).length, 3)
  })

  it('counts a trial whose job was deleted as failed', async () => {
    const sweepId = await create()
    await drive(sweepId)
    const [job] = await jobsOf(sweepId)
    await test.stores.jobs.delete(job!)
    const { state } = await drive(sweepId)
    assert.deepEqual([state.trials[0]!.runs[0]!.status, state.trials.length], ['failed', 4])
    assert.match(state.trials[0]!.runs[0]!.error!, /does not exist/)
  })

  it('compares trials that stop early by the metrics of their models', async () => {
    const earlyStopping = { metric: 'validationAccuracy', patience: 1 }
    const base = { ...REQUEST.base, earlyStopping }
    const sweepId = await create(
      SweepRequest.parse({ ...REQUEST, base, space: { 'optimizer.c': [0.001, 0.002] } }),
    )
    await drive(sweepId)
    const accuracies = [
      [0.95, 0.5],
      [0.9, 0.91],
    ]
    for (const [index, { id }] of (await jobsOf(sweepId)).entries()) {
      await startJob(test.stores, id)
      const [first, second] = accuracies[index]! as [number, number]
      await appendEvent(test.stores, id, 'epoch', epochMetrics(1, { validationAccuracy: first }))
      await drive(sweepId)
      await appendEvent(test.stores, id, 'epoch', epochMetrics(2, { validationAccuracy: second }))
      await drive(sweepId)
      await appendEvent(test.stores, id, 'succeeded', { reason: 'finished', modelEpoch: index + 1 })
    }
    const { state } = await drive(sweepId)
    assert.deepEqual(
      state.trials.map(trial => trial.runs[0]!.metrics!.validationAccuracy),
      [0.95, 0.91],
    )
    assert.equal(state.result!.best, 0)
  })

  it('finds no trial within a distance of the dense run when that run was cancelled', async () => {
    const sweepId = await create(
      SweepRequest.parse({
        ...REQUEST,
        space: { 'optimizer.c': [0.001, 0.002] },
        objective: { maximize: 'sparsity', subjectTo: { validationAccuracy: { withinOfDense: 0.5 } } },
      }),
    )
    await drive(sweepId)
    for (const { id, spec } of await jobsOf(sweepId)) {
      await startJob(test.stores, id)
      for (const epoch of [1, 2]) await appendEvent(test.stores, id, 'epoch', epochMetrics(epoch))
      if ('c' in spec.optimizer && spec.optimizer.c === 0) {
        await appendEvent(test.stores, id, 'cancelling', {})
        await appendEvent(test.stores, id, 'cancelled', {})
      } else await succeed(test.stores, id)
    }
    const { state } = await drive(sweepId)
    assert.deepEqual([state.status, state.result!.best], ['finished', null])
  })

  it('continues a promoted trial from its checkpoint in a new job of the sweep', async () => {
    const sweepId = await create(
      SweepRequest.parse({
        ...REQUEST,
        base: { ...REQUEST.base, name: 'rung', labels: { team: 'vision' }, priority: 7 },
        search: { method: 'asha', minEpochs: 1, reduction: 2 },
        maxTrials: 2,
      }),
    )
    await drive(sweepId)
    const first = await jobsOf(sweepId)
    for (const { id, spec } of first) {
      await startJob(test.stores, id)
      await appendEvent(test.stores, id, 'epoch', epochMetrics(1))
      const state = { clock: { step: 469 }, variables: { params: WEIGHTS } }
      const checkpoint = { state, weights: digestWeights(WEIGHTS), epoch: 1 }
      const file = encodeCheckpoint(checkpoint, { training: trainingText(spec), engine: 'test' })
      const stored = await test.stores.blobs.put(id, [file])
      const measured = { epoch: 1, step: 469, validationLoss: 1, validationAccuracy: 0.9 }
      await appendEvent(test.stores, id, 'checkpointed', { ...measured, ...stored })
      await succeed(test.stores, id)
    }
    const { state } = await drive(sweepId)
    const jobs = await jobsOf(sweepId)
    const promoted = jobs.at(-1)!
    assert.equal(jobs.length, 3)
    assert.deepEqual(
      first.map(({ spec }) => spec.epochs),
      [1, 1],
    )
    assert.deepEqual([promoted.spec.epochs, promoted.continuedFrom], [2, { epoch: 1, step: 469 }])
    assert.deepEqual(
      [promoted.name, promoted.spec.labels, promoted.spec.priority],
      ['rung', { team: 'vision' }, 7],
    )
    const trial = state.trials.find(({ runs }) => runs.length > 1)!
    assert.deepEqual(
      trial.runs.map(({ jobId }) => jobId),
      [promoted.clonedFrom, promoted.id],
    )
  })
})
