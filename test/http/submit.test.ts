import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { DEFAULT_TENANT } from '#access/owner.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const worker = {
  id: 'worker_test',
  host: 'here',
  pid: 1,
  engine: 'native',
  engineVersion: 'TensorFlow',
  device: 'cpu',
  threads: 2,
  startedAt: '2026-01-01T00:00:00.000Z',
}
const JOB = { model: { preset: 'mnist-lenet' } }

describe('submitting a job', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = (body: object | string) => request(api.url).post('/v1/jobs').send(body)
  const count = async () => (await request(api.url).get('/v1/jobs')).body.data.length

  it('answers 201 with the job, every default of preset and service filled in', async () => {
    const { status, headers, body } = await submit(JOB)
    assert.equal(status, 201)
    assert.equal(headers.location, `/v1/jobs/${body.id}`)
    assert.equal(body.status, 'queued')
    assert.deepEqual(body.spec.optimizer, {
      name: 'grda',
      learningRate: 0.01,
      c: 0.1,
      mu: 0.5,
      exclude: [],
      clock: 'steps',
    })
    assert.deepEqual(body.spec.schedule, { name: 'multiStep', at: [3, 6, 9], factor: 0.1, per: 'epoch' })
    assert.deepEqual([body.spec.batchSize, body.spec.epochs, body.spec.priority], [64, 10, 42])
    assert.deepEqual(
      body.warnings.map(({ path }: { path: string }) => path),
      ['checkpoint.bestBy'],
    )
    assert.equal((await request(api.url).get(body.links.self)).body.queuePosition, 1)
  })

  it('replaces whole fields of the preset, never merging objects', async () => {
    const { body } = await submit({ ...JOB, dataset: { id: 'mnist' }, epochs: 2 })
    assert.deepEqual(body.spec.dataset, { id: 'mnist' })
    assert.equal(body.spec.epochs, 2)
  })

  it('lists every mistake with its path and stores nothing', async () => {
    const before = await count()
    const { status, headers, body } = await submit({
      model: { preset: 'mnist-mlpp' },
      dataset: { id: 'imagenet' },
      optimizer: { name: 'grda', learningRate: -1, c: 0.1, mu: 1.5 },
      epochs: 0,
      batchsize: 64,
      labels: { 'bad key': 'x' },
      validation: { fraction: 2 },
    })
    assert.equal(status, 400)
    assert.match(headers['content-type']!, /^application\/problem\+json/)
    assert.equal(body.code, 'invalid_request')
    const paths = body.errors.map(({ path }: { path: string }) => path).sort()
    assert.deepEqual(paths, [
      'batchsize',
      'dataset.id',
      'epochs',
      'labels.bad key',
      'model.preset',
      'optimizer.learningRate',
      'optimizer.mu',
      'validation.fraction',
    ])
    assert.equal(await count(), before)
  })

  it('names an unknown dataset and the fields that contradict the model', async () => {
    const unknown = await submit({ ...JOB, dataset: { id: 'imagenet' } })
    assert.deepEqual(unknown.body.errors, [
      {
        path: 'dataset.id',
        message:
          'there is no dataset "imagenet"; the built-in datasets are: mnist, cifar10, cifar100, synthetic-cifar10.',
      },
    ])
    const wrong = await submit({
      ...JOB,
      dataset: { id: 'mnist', normalize: { mean: [0.1, 0.2], std: [0.3] } },
      batchSize: 60_001,
      validation: { fraction: 0.000001 },
      optimizer: { name: 'grda', learningRate: 0.1, c: 0.1, mu: 0.6, exclude: ['bias', 'conv9'] },
    })
    const paths = wrong.body.errors.map(({ path }: { path: string }) => path)
    assert.deepEqual(paths, [
      'dataset.normalize.mean',
      'validation.fraction',
      'batchSize',
      'optimizer.exclude.1',
    ])
  })

  it('refuses bodies it cannot read: malformed 400, oversized 413, another content type 415', async () => {
    const post = (type: string, body: string) =>
      request(api.url).post('/v1/jobs').set('content-type', type).send(body)
    const answers = [
      await post('application/json', '{"model":'),
      await post('application/json', ''),
      await post('application/json', JSON.stringify({ name: 'x'.repeat(2 ** 20) })),
      await post('application/xml', '<job/>'),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [400, 400, 413, 415],
    )
    for (const { body } of answers) assert.equal(typeof body.requestId, 'string')
  })

  it('reports the line and column of a JSON syntax error, and what was expected there', async () => {
    for (const [body, message] of [
      [
        '{\n  "model": { "preset": "mnist-mlp" },\n  "optimizer": NaN\n}',
        /line 3, column 16: .*JSON has no NaN/,
      ],
      ['{"model": {"preset": "mnist-mlp"},}', /line 1, column 35: expected a name in double quotes, found }/],
      ["{'model': 1}", /line 1, column 2: expected a name in double quotes, or }, found '/],
      ['{"model": {"preset": "mnist-mlp"}', /line 1, column 34: expected , or }, but the text ends/],
      ['{"shuffle": True}', /JSON writes true/],
    ] as const) {
      const { status, body: problem } = await request(api.url)
        .post('/v1/jobs')
        .set('content-type', 'application/json')
        .send(body)
      assert.deepEqual([status, problem.code], [400, 'malformed_body'])
      assert.match(problem.errors[0].message, message)
      assert.match(problem.detail, message)
    }
    const last = await submit('{"model":{"preset":"mnist-mlp"},"epochs":1,"epochs":3}').set(
      'content-type',
      'application/json',
    )
    assert.equal(last.body.spec.epochs, 3)
  })

  it('suggests a similar name for an unknown field or value', async () => {
    for (const [change, path, message] of [
      [{ batchsize: 64 }, 'batchsize', /Did you mean "batchSize"\? The fields are: name, dataset/],
      [{ zzz: 64 }, 'zzz', /^is not a field here\. The fields are:/],
      [
        { model: { preset: 'mnist-mlpp' } },
        'model.preset',
        /one of: mnist-mlp, .*Did you mean "mnist-mlp"\?/,
      ],
      [{ dataset: { id: 'mnits' } }, 'dataset.id', /there is no dataset "mnits".*Did you mean "mnist"\?/],
      [{ optimizer: { name: 'Adam', learningRate: 1 } }, 'optimizer.name', /Did you mean "adam"\?/],
      [{ loss: 'mse' }, 'loss', /one of: categoricalCrossentropy, .*, not "mse"$/],
      [{ schedule: { name: 'step', evry: 2, factor: 0.1 } }, 'schedule.evry', /Did you mean "every"\?/],
      [{ augmentation: ['flip'] }, 'augmentation.0', /object with a name: { "name": "horizontalFlip" }/],
      [
        { augmentation: [{ name: 'randomcrop', padding: 4 }] },
        'augmentation.0.name',
        /Did you mean "randomCrop"/,
      ],
      [{ augmentation: [{ name: 'randomCrop', padding: 0 }] }, 'augmentation.0.padding', /./],
    ] as const) {
      const { status, body } = await submit({ ...JOB, ...change })
      assert.equal(status, 400)
      const found = body.errors.find((mistake: { path: string }) => mistake.path === path)
      assert.ok(found, JSON.stringify(body.errors))
      assert.match(found.message, message)
    }
    const huge = await submit(
      '{"model":{"preset":"mnist-mlp"},"optimizer":{"name":"sgd","learningRate":1e400}}',
    ).set('content-type', 'application/json')
    assert.match(huge.body.errors[0].message, /finite number/)
  })

  it('normalizes both forms of augmentation', async () => {
    const { body } = await submit({
      model: { preset: 'cifar10-cnn' },
      dataset: { id: 'synthetic-cifar10' },
      augmentation: ['horizontalFlip', { randomCrop: { padding: 2 } }, { name: 'randomResizedCrop' }],
    })
    assert.deepEqual(body.spec.augmentation, [
      { name: 'horizontalFlip' },
      { name: 'randomCrop', padding: 2 },
      { name: 'randomResizedCrop' },
    ])
  })

  it('warns only if the best checkpoint is chosen on the test split', async () => {
    const codes = async (change: object) =>
      (await submit({ ...JOB, ...change })).body.warnings.map(({ code }: { code: string }) => code)
    assert.ok((await codes({})).includes('best_chosen_on_test'))
    assert.ok(!(await codes({ validation: { fraction: 0.1 } })).includes('best_chosen_on_test'))
    assert.ok(!(await codes({ checkpoint: { keepBest: 0 } })).includes('best_chosen_on_test'))
  })

  it('never answers 5xx, for any body', async () => {
    const values = [null, true, 0, -1, 1e308, 'x', [], {}, [[]], { name: null }, { __proto__: null }]
    const fields = [
      'name',
      'dataset',
      'model',
      'optimizer',
      'schedule',
      'validation',
      'labels',
      'artifacts',
      'seed',
    ]
    for (const field of fields) {
      for (const value of values) {
        const { status } = await submit({ ...JOB, [field]: value })
        assert.ok(status < 500, `${field} = ${JSON.stringify(value)} answered ${status}`)
      }
    }
    for (const value of values) assert.ok((await submit(JSON.stringify(value))).status < 500)
  })

  it('estimates the duration from finished jobs of the model', async () => {
    const plan = async () =>
      (
        await request(api.url)
          .post('/v1/jobs?dryRun=true')
          .send({ model: { preset: 'mnist-mlp' }, epochs: 2 })
      ).body
    assert.equal((await plan()).estimatedSeconds, undefined)
    await api.stores.workers.beat(worker)
    const { body } = await submit({ model: { preset: 'mnist-mlp' } })
    await startJob(api.stores, body.id)
    await appendEvent(api.stores, body.id, 'epoch', epochMetrics(1, { seconds: 600 }))
    await succeed(api.stores, body.id)
    // The events of this job follow each other at once, so nothing but the steps took time.
    assert.ok(Math.abs((await plan()).estimatedSeconds - 1200) < 100)
  })

  it('refuses a schedule whose rates overflow', async () => {
    for (const query of ['', '?dryRun=true']) {
      const { status, body } = await request(api.url)
        .post(`/v1/jobs${query}`)
        .send({ ...JOB, epochs: 200, schedule: { name: 'exponential', factor: 1000 } })
      assert.deepEqual([status, body.errors?.[0].path], [400, 'schedule'])
    }
  })

  it('plans a job without storing it', async () => {
    const before = await count()
    const { status, body } = await request(api.url).post('/v1/jobs?dryRun=true').send(JOB)
    assert.equal(status, 200)
    assert.equal(body.plan.parameters, 431_080)
    assert.equal(body.plan.epochs.length, 10)
    assert.ok(body.plan.epochs[0].initialSparsity > 0.8)
    assert.equal(body.plan.epochs[0].forecastSparsity, undefined)
    const lanes = await api.stores.waiting.lanes(DEFAULT_TENANT)
    const released = await api.stores.queue.waitingCount()
    assert.equal(body.queuePosition, 1 + released + lanes.reduce((sum, { waiting }) => sum + waiting, 0))
    assert.equal(await count(), before)
  })

  it('refuses a job for which no live worker has enough memory, and warns of it in a dry run', async () => {
    const large = { model: { preset: 'mnist-lenet' }, batchSize: 10_000 }
    const plan = async () => (await request(api.url).post('/v1/jobs?dryRun=true').send(large)).body
    await api.stores.workers.beat({ ...worker, id: 'worker_small', memoryBytes: 2e9 })
    await api.stores.workers.leave(worker.id)
    const { status, body } = await submit(large)
    assert.deepEqual([status, body.code], [422, 'insufficient_memory'])
    assert.equal(body.errors[0].path, 'batchSize')
    assert.match(body.errors[0].message, /^needs \d,\d{3} MB of memory.*largest worker has 2,000 MB/)
    const refused = await plan()
    assert.equal(refused.memory.largestWorkerBytes, 2e9)
    assert.ok(refused.memory.neededBytes > 2e9)
    assert.equal(refused.warnings.at(-1).code, 'insufficient_memory')
    await api.stores.workers.beat({ ...worker, id: 'worker_large', memoryBytes: 16e9 })
    assert.doesNotMatch(JSON.stringify((await plan()).warnings), /insufficient_memory/)
    assert.equal((await submit(large)).status, 201)
  })

  it('uses the measured peak of the last similar job instead of the estimate', async () => {
    const job = { model: { preset: 'mnist-mlp' }, batchSize: 77 }
    await api.stores.workers.leave('worker_large')
    const { body } = await submit(job)
    await startJob(api.stores, body.id)
    await appendEvent(api.stores, body.id, 'succeeded', { peakMemoryBytes: 3e9 })
    const again = await submit(job)
    assert.equal(again.status, 422)
    assert.match(again.body.errors[0].message, /needs 3,000 MB of memory \(measured\)/)
  })
})
