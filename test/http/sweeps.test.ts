import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { pino } from 'pino'
import request from 'supertest'
import { driveSweep } from '#jobs/drive-sweep.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const log = pino({ level: 'silent' })
const BASE = {
  name: 'trial',
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.1, c: 0.001, mu: 0.6 },
  epochs: 3,
  labels: { team: 'vision' },
  priority: 7,
}
const GRID = { base: BASE, search: { method: 'grid' }, space: { 'optimizer.c': [0.001, 0.002, 0.003] } }
const hundreds = Array.from({ length: 1000 }, (_, index) => index + 1)

describe('a sweep', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const create = (body: object) => request(api.url).post('/v1/sweeps').send(body)
  const get = async (path: string) => (await request(api.url).get(path)).body
  /** Advances the sweep as the service does every second. */
  const drive = (id: string) => driveSweep({ ...api.stores, datasetsDir: '' }, id, { log })
  async function created(body: object = GRID): Promise<string> {
    const answer = await create(body)
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return answer.body.id
  }
  /** Trains every job of the sweep that has not ended. */
  async function train(id: string): Promise<void> {
    for (const job of (await get(`/v1/jobs?sweepId=${id}&status=queued`)).data) {
      await startJob(api.stores, job.id)
      const { c } = job.spec.optimizer
      const metrics = { validationAccuracy: 1 - 10 * c, sparsity: 100 * c }
      for (const epoch of [1, 2, 3])
        await appendEvent(api.stores, job.id, 'epoch', epochMetrics(epoch, metrics))
      await succeed(api.stores, job.id)
    }
  }

  it('refuses deeply nested choices without an internal message', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    const body = JSON.stringify(GRID).replace('0.003', deep)
    const answer = await request(api.url).post('/v1/sweeps').type('json').send(body).expect(400)
    assert.match(answer.body.detail, /more than 100 levels/)
  })

  for (const [what, change, path, message] of [
    [
      'a grid of 10^9',
      { space: { 'optimizer.c': hundreds, seed: hundreds, batchSize: hundreds } },
      'maxTrials',
      /is 100, but the search may take 1000000000 trials/,
    ],
    [
      'an empty range',
      { space: { 'optimizer.c': { log: [0.2, 0.1] } } },
      'space.optimizer.c.log',
      /is empty/,
    ],
    ['a grid with a range', { space: { 'optimizer.c': { log: [0.1, 0.2] } } }, 'space.optimizer.c', /range/],
    ['an unknown field', { space: { optimiser: [1] } }, 'space.optimiser', /Did you mean "optimizer"/],
    [
      'an unknown field inside a field',
      { space: { 'optimizer.cc': [1] } },
      'space.optimizer.cc.0',
      /not a field/,
    ],
    ['a choice out of range', { space: { 'optimizer.mu': [0.6, 2] } }, 'space.optimizer.mu.1', /at most 1/],
    [
      'a wrong optimizer in a list',
      { space: { optimizer: [BASE.optimizer, { name: 'sgd', learningRate: 'x' }] } },
      'space.optimizer.1.learningRate',
      /number/,
    ],
    [
      'a choice that only the dataset forbids',
      { space: { batchSize: [64, 128, 60_001] } },
      'space.batchSize.2',
      /must be at most 60000/,
    ],
    [
      'a layer that the network does not have in a later choice',
      { space: { 'optimizer.exclude': [[], ['bias'], ['dense_9']] } },
      'space.optimizer.exclude.2.0',
      /must be one of/,
    ],
    [
      'an entry of a list',
      { space: { 'optimizer.exclude.0': ['bias', 'dense_1'] } },
      'space.optimizer.exclude.0',
      /use optimizer.exclude with whole lists/,
    ],
    [
      'a metric that the loss does not have',
      { objective: { maximize: 'sparsity', minimize: 'validationMeanAbsoluteError' } },
      'objective.minimize',
      /which categoricalCrossentropy does not have; it has: validationLoss, validationAccuracy/,
    ],
    [
      'a constraint on a metric that the loss does not have',
      { objective: { maximize: 'sparsity', subjectTo: { validationMeanAbsoluteError: { atMost: 1 } } } },
      'objective.subjectTo.validationMeanAbsoluteError',
      /does not have/,
    ],
    [
      'an unknown metric',
      { objective: { maximize: 'accuracy' } },
      'objective.maximize',
      /validationAccuracy/,
    ],
    ['an unknown field of the base', { base: { ...BASE, epoch: 3 } }, 'base.epoch', /Did you mean "epochs"/],
    [
      'an unknown dataset',
      { base: { ...BASE, dataset: { id: 'no' } } },
      'base.dataset.id',
      /there is no dataset/,
    ],
    ['a base without a model', { base: { epochs: 3 } }, 'base.model', /is required/],
    [
      'a learning rate that grows too fast',
      {
        search: { method: 'lrRange', epochs: 5 },
        space: { 'optimizer.learningRate': { log: [1e-12, 10] } },
      },
      'search',
      /^would set schedule.factor: .*at most 1000/,
    ],
    ['an unknown method', { search: { method: 'gird' } }, 'search.method', /Did you mean "grid"/],
  ] as const)
    it(`with ${what} is refused with the path ${path}`, async () => {
      const { status, body } = await create({ ...GRID, ...change })
      assert.equal(status, 400, JSON.stringify(body))
      assert.equal(body.errors[0].path, path)
      assert.match(body.errors[0].message, message)
    })

  it('is submitted as jobs of the base, a window at a time, and ends with a best trial and a front', async () => {
    const id = await created({ ...GRID, name: 'c', maxConcurrent: 2 })
    await drive(id)
    const jobs = (await get(`/v1/jobs?sweepId=${id}&order=asc`)).data
    assert.deepEqual(
      jobs.map(({ spec }: typeof jobs) => spec.optimizer.c),
      [0.001, 0.002],
    )
    for (const { sweepId, name, labels, priority } of jobs)
      assert.deepEqual([sweepId, name, labels, priority], [id, 'trial', BASE.labels, 7])
    assert.equal((await get(`/v1/jobs/${jobs[0].id}`)).sweepId, id)
    await train(id)
    await drive(id)
    await train(id)
    await drive(id)
    const sweep = await get(`/v1/sweeps/${id}`)
    assert.deepEqual([sweep.name, sweep.status, sweep.best, sweep.front], ['c', 'finished', 0, [0, 1, 2]])
    assert.deepEqual(sweep.counts, {
      pending: 0,
      running: 0,
      paused: 0,
      succeeded: 3,
      failed: 0,
      cancelled: 0,
    })
    assert.deepEqual(sweep.trials[0].jobIds, [jobs[0].id])
    assert.deepEqual(sweep.trials[2].values, { 'optimizer.c': 0.003 })
    assert.equal(sweep.trials[2].metrics.epoch, 3)
    assert.ok(sweep.finishedAt >= sweep.createdAt)
    assert.equal((await request(api.url).post(`/v1/sweeps/${id}/cancel`)).status, 409)
  })

  it('compares its trials with a dense run of which it reads every epoch', async () => {
    const objective = { maximize: 'sparsity', subjectTo: { validationAccuracy: { withinOfDense: 0.025 } } }
    const id = await created({ ...GRID, objective })
    await drive(id)
    await train(id)
    const { state } = await drive(id)
    assert.deepEqual(
      [state.trials[0]!.kind, state.trials[0]!.curve?.map(({ epoch }) => epoch)],
      ['reference', [1, 2, 3]],
    )
    const sweep = await get(`/v1/sweeps/${id}`)
    assert.deepEqual(sweep.trials[sweep.best].values, { 'optimizer.c': 0.002 })
  })

  it('that is cancelled cancels its jobs and submits no more', async () => {
    const id = await created({ ...GRID, maxConcurrent: 1 })
    await drive(id)
    const cancel = () => request(api.url).post(`/v1/sweeps/${id}/cancel`)
    const { status, body } = await cancel()
    assert.deepEqual([status, body.status], [202, 'cancelling'])
    await drive(id)
    await drive(id)
    assert.deepEqual([(await cancel()).status, (await get(`/v1/sweeps/${id}`)).status], [202, 'cancelled'])
    const jobs = (await get(`/v1/jobs?sweepId=${id}`)).data
    assert.deepEqual(
      jobs.map(({ status: ended }: { status: string }) => ended),
      ['cancelled'],
    )
    assert.equal((await request(api.url).post('/v1/sweeps/sweep_none/cancel')).status, 404)
  })

  it('keeps its jobs from being deleted until it has ended', async () => {
    const id = await created({ ...GRID, space: { 'optimizer.c': [0.001] } })
    await drive(id)
    await train(id)
    const [job] = (await get(`/v1/jobs?sweepId=${id}`)).data
    const refused = await request(api.url).delete(`/v1/jobs/${job.id}`)
    assert.deepEqual([refused.status, refused.body.code], [409, 'conflict'])
    assert.match(refused.body.detail, new RegExp(`belongs to ${id}`))
    await drive(id)
    assert.equal((await request(api.url).delete(`/v1/jobs/${job.id}`)).status, 204)
    assert.equal((await get(`/v1/sweeps/${id}`)).best, 0)
  })

  it('is created once for one idempotency key', async () => {
    const once = (body: object) => create(body).set('idempotency-key', 'sweep')
    const answers = await Promise.all(Array.from({ length: 5 }, () => once(GRID)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1)
    const again = await once(GRID)
    assert.deepEqual([again.body.id, again.headers['idempotency-replayed']], [answers[0]!.body.id, 'true'])
    assert.equal(again.headers.location, `/v1/sweeps/${again.body.id}`)
    const other = await once({ ...GRID, maxConcurrent: 2 })
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'])
  })

  it('is listed without its trials, newest first, a page at a time and by the prefix of its name', async () => {
    const first = await created({ ...GRID, name: 'listed/first' })
    const second = await created({ ...GRID, name: 'listed/second' })
    const page = await get('/v1/sweeps?limit=1')
    assert.deepEqual([page.data[0].id, page.data[0].method, page.hasMore], [second, 'grid', true])
    assert.deepEqual([page.data[0].trials, page.data[0].request], [undefined, undefined])
    assert.equal((await get(`/v1/sweeps?limit=1&after=${page.nextAfter}`)).data[0].id, first)
    const ids = (await get('/v1/sweeps?name=listed/')).data.map(({ id }: { id: string }) => id)
    assert.deepEqual(ids, [second, first])
    const { status, body } = await request(api.url).get('/v1/sweeps?after=job_x')
    assert.deepEqual([status, body.errors[0].path], [400, 'after'])
    assert.equal((await request(api.url).get('/v1/sweeps/sweep_none')).status, 404)
  })

  it('counts a trial that the service refuses as failed, with the reason', async () => {
    const steep = { name: 'exponential', factor: 1000 }
    const id = await created({
      ...GRID,
      space: { epochs: [2, 200], schedule: [{ name: 'constant' }, steep] },
    })
    await drive(id)
    const { trials } = await get(`/v1/sweeps/${id}`)
    // Only the last two choices together are impossible, so no check of single choices finds it.
    const last = trials.findIndex(({ values }: { values: object }) =>
      isDeepStrictEqual(values, { epochs: 200, schedule: steep }),
    )
    assert.deepEqual([trials[0].status, trials[last].status, trials[last].jobIds], ['running', 'failed', []])
    assert.match(trials[last].error, /schedule: raises the learning rate/)
  })

  it('shows a paused trial as paused, and as running once it is resumed', async () => {
    const id = await created(GRID)
    await drive(id)
    const first = async () => (await get(`/v1/sweeps/${id}`)).trials[0]
    const { jobIds } = await first()
    await request(api.url).post(`/v1/jobs/${jobIds[0]}/pause`).expect(202)
    await drive(id)
    assert.equal((await first()).status, 'paused')
    assert.equal((await get(`/v1/sweeps/${id}`)).counts.paused, 1)
    await request(api.url).post(`/v1/jobs/${jobIds[0]}/resume`).expect(202)
    await drive(id)
    assert.equal((await first()).status, 'running')
  })

  it('leaves an optional field out where the choice is null', async () => {
    const stopping = { metric: 'validationLoss', patience: 2 }
    const id = await created({ ...GRID, space: { earlyStopping: [null, stopping] } })
    await drive(id)
    const jobs = (await get(`/v1/jobs?sweepId=${id}`)).data
    const patience = jobs.map(
      ({ spec }: { spec: { earlyStopping?: { patience: number } } }) => spec.earlyStopping?.patience,
    )
    assert.deepEqual(patience.sort(), [2, undefined])
  })

  it('does not exist without an id, like every resource', async () => {
    for (const path of ['/v1/sweeps/', '/v1/jobs/', '/v1/jobs//events', '/v1/models/'])
      assert.equal((await request(api.url).get(path)).status, 404, path)
  })
})
