import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { newId } from '#stores/new-id.ts'
import { appendEvent, startJob } from '#test/support/drive-job.ts'
import { finishAnalysis, finishedJob, finishJob } from '#test/support/finished-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

const RESULT = {
  dataset: { id: 'mnist' },
  split: 'validation',
  source: 'test',
  examples: 2,
  classes: ['a', 'b'],
  models: [{ jobId: 'job_x', metrics: { loss: 0.5, accuracy: 1 } }],
}

describe('analyses', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const post = (body: object, headers = {}) => request(api.url).post('/v1/analyses').set(headers).send(body)
  const get = (path: string, headers = {}) => request(api.url).get(path).set(headers)

  /** A queued evaluation of a finished job. */
  async function newAnalysis(more: object = {}): Promise<string> {
    const { id } = await finishedJob(api.stores)
    const { status, body } = await post({ kind: 'evaluation', jobs: [id], ...more })
    assert.equal(status, 201, JSON.stringify(body))
    return body.id
  }

  async function finishedAnalysis(): Promise<string> {
    const id = await newAnalysis()
    await finishAnalysis(api.stores, id, RESULT)
    return id
  }

  it('are answered with their kind, their jobs and every default, and wait in the queue', async () => {
    const job = await finishedJob(api.stores)
    const { body, headers, status } = await post({ kind: 'evaluation', jobs: [job.id], name: 'x' })
    assert.equal(status, 201)
    assert.equal(headers.location, `/v1/analyses/${body.id}`)
    assert.match(body.id, /^analysis_/)
    const { epoch, sha256 } = job.checkpoints[0]!
    assert.deepEqual(body, {
      id: body.id,
      kind: 'evaluation',
      status: 'queued',
      name: 'x',
      attempt: 0,
      restarts: 0,
      createdAt: body.createdAt,
      warnings: [],
      jobs: [{ id: job.id, checkpoint: { epoch, sha256 } }],
      options: { dataset: { id: 'mnist' }, split: 'validation' },
      progress: { fraction: 0 },
      labels: {},
      priority: 42,
      maxRestarts: 5,
      maxRuntimeSeconds: 86_400,
      links: {
        self: `/v1/analyses/${body.id}`,
        events: `/v1/analyses/${body.id}/events`,
        stream: `/v1/analyses/${body.id}/stream`,
        artifacts: `/v1/analyses/${body.id}/artifacts`,
      },
    })
    // Like that of a job, the answer to its submission has no place in the queue.
    const queued = { ...body, queuePosition: 1 }
    assert.deepEqual((await get(`/v1/analyses/${body.id}`)).body, queued)
    assert.deepEqual((await get('/v1/analyses?limit=1')).body.data, [queued])
    const stored = await api.stores.analyses.require(body.id)
    assert.equal(await api.stores.waiting.rank(stored), 0)
  })

  it('answer a repeated Idempotency-Key with the first analysis', async () => {
    const { id } = await finishedJob(api.stores)
    const body = { kind: 'evaluation', jobs: [id] }
    const first = await post(body, { 'idempotency-key': 'one' })
    const second = await post(body, { 'idempotency-key': 'one' })
    assert.deepEqual([second.body.id, second.headers['idempotency-replayed']], [first.body.id, 'true'])
    assert.equal((await post({ ...body, split: 'test' }, { 'idempotency-key': 'one' })).status, 422)
  })

  it('are no jobs: neither list has the other, and no route of the one accepts an id of the other', async () => {
    const analysis = await newAnalysis()
    const { id: job } = await finishedJob(api.stores)
    const jobs: { id: string }[] = (await get('/v1/jobs?limit=200')).body.data
    const analyses: { id: string }[] = (await get('/v1/analyses?limit=200')).body.data
    assert.ok(jobs.some(({ id }) => id === job) && !jobs.some(({ id }) => id === analysis))
    assert.ok(analyses.some(({ id }) => id === analysis) && !analyses.some(({ id }) => id === job))
    for (const part of [
      '',
      '/events',
      '/metrics',
      '/layers',
      '/checkpoints',
      '/artifacts',
      '/artifacts/report.html',
    ])
      assert.equal((await get(`/v1/jobs/${analysis}${part}`)).status, 404, part)
    for (const part of ['/cancel', '/pause', '/resume', '/clone'])
      assert.equal((await request(api.url).post(`/v1/jobs/${analysis}${part}`)).status, 404, part)
    for (const part of ['', '/events', '/artifacts', '/artifacts/metrics.csv'])
      assert.equal((await get(`/v1/analyses/${job}${part}`)).status, 404, part)
    assert.equal((await request(api.url).post(`/v1/analyses/${job}/cancel`)).status, 404)
    const init = { model: { preset: 'mnist-mlp' }, init: { jobId: analysis } }
    const { body } = await request(api.url).post('/v1/jobs').send(init)
    assert.deepEqual(body.errors, [{ path: 'init.jobId', message: `there is no job ${analysis}` }])
  })

  it('are listed newest first, page by page, by kind, job and status', async () => {
    const { id: job } = await finishedJob(api.stores)
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.unshift((await post({ kind: 'evaluation', jobs: [job] })).body.id)
    await request(api.url).post(`/v1/analyses/${ids[1]}/cancel`)
    const listed = async (query: string) => (await get(`/v1/analyses?jobId=${job}${query}`)).body
    const idsOf = async (query: string) => (await listed(query)).data.map(({ id }: { id: string }) => id)
    assert.deepEqual(await idsOf(''), ids)
    assert.deepEqual(await idsOf('&status=cancelled'), [ids[1]])
    assert.deepEqual(await idsOf('&status=queued&status=cancelled&kind=evaluation'), ids)
    const page = await listed('&limit=2')
    assert.deepEqual([page.hasMore, page.nextAfter], [true, ids[1]])
    assert.deepEqual(await idsOf(`&limit=2&after=${page.nextAfter}`), [ids[2]])
    assert.equal((await get('/v1/analyses?after=job_x')).status, 400)
    assert.equal((await get('/v1/analyses?kind=x')).status, 400)
  })

  it('name every mistake in a request', async () => {
    const { id } = await finishedJob(api.stores)
    const running = await storeJob(api.stores)
    await startJob(api.stores, running.id)
    const unfinished = await storeJob(api.stores)
    await startJob(api.stores, unfinished.id)
    await appendEvent(api.stores, unfinished.id, 'failed', {
      error: { code: 'internal', message: 'x', retryable: false },
    })
    const cases: [object, string[]][] = [
      [{ kind: 'guess', jobs: [id] }, ['kind: must be one of: evaluation, tradeoff, connectivity, plane']],
      [
        { kind: 'evaluation', jobs: [id], split: 'all', x: 1 },
        ['split: must be one of', 'x: is not a field'],
      ],
      [{ kind: 'evaluation', jobs: ['job_x'] }, ['jobs.0: there is no job job_x']],
      [{ kind: 'evaluation', jobs: [id, unfinished.id] }, ['jobs.1: must be a job with a model']],
      [{ kind: 'evaluation', jobs: [{ id, checkpoint: 7 }] }, ['jobs.0.checkpoint: ', 'epochs: 1']],
      [{ kind: 'evaluation', jobs: [id, id, id] }, ['jobs: ']],
      [
        { kind: 'evaluation', jobs: [id], dataset: { id: 'cifar10' }, split: 'validation' },
        [
          'dataset.id: cifar10 has examples of shape [32,32,3]',
          'dataset.id: cifar10 has the classes',
          'split: ',
        ],
      ],
      [
        { kind: 'evaluation', jobs: [id], dataset: { id: 'gone' } },
        ['dataset.id: there is no dataset "gone"'],
      ],
      [
        { kind: 'evaluation', jobs: [id], dataset: { id: newId('dataset') } },
        ['dataset.id: there is no dataset'],
      ],
    ]
    for (const [body, parts] of cases) {
      const answer = await post(body)
      assert.equal(answer.status, 400, JSON.stringify(answer.body))
      for (const part of parts) assert.ok(answer.body.detail.includes(part), `${part}: ${answer.body.detail}`)
    }
    const { status, body } = await post({ kind: 'evaluation', jobs: [running.id] })
    assert.deepEqual([status, body.code], [409, 'artifact_not_ready'])
  })

  it('need the dataset of the job, unless they name another', async () => {
    const { sha256, ...facts } = {
      dtype: 'float32' as const,
      inputShape: [28, 28, 1],
      classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      splits: { train: 9, test: 5 },
      sha256: '0'.repeat(64),
    }
    const dataset = { id: newId('dataset'), upload: { ...facts, sha256 } }
    const state = { status: 'ready' as const, sha256, sizeBytes: 1, facts }
    const createdAt = new Date().toISOString()
    await api.stores.datasets.create({ id: dataset.id, name: 'digits', createdAt, state })
    const queued = newJob({ epochs: 1 })
    const job = await finishJob(api.stores, { ...queued, spec: { ...queued.spec, dataset } })
    await api.stores.datasets.delete(dataset.id)
    const { body } = await post({ kind: 'evaluation', jobs: [job.id] })
    const message = `must be a job whose dataset exists: ${dataset.id} was deleted`
    assert.deepEqual(body.errors, [{ path: 'jobs.0', message }])
    const mnist = await post({ kind: 'evaluation', jobs: [job.id], dataset: { id: 'mnist' } })
    assert.match(mnist.body.detail, /^dataset.id: mnist has values of type uint8/)
  })

  it('compare only models that predict the same', async () => {
    const { id } = await finishedJob(api.stores)
    const other = await finishedJob(api.stores, { loss: 'meanSquaredError' })
    const { body } = await post({ kind: 'evaluation', jobs: [id, other.id] })
    assert.match(body.detail, /^jobs\.1: has 10 linear outputs, but job_\w+ has 10 softmax outputs/)
  })

  it('warn if the second job was trained on examples that the first has held out', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(seed => finishedJob(api.stores, { seed, validation: { fraction: 0.1 } })),
    )
    const { body } = await post({ kind: 'evaluation', jobs: [one!.id, other!.id] })
    assert.deepEqual(
      body.warnings.map(({ code, path }: { code: string; path: string }) => [code, path]),
      [['other_examples_held_out', 'jobs.1']],
    )
    assert.deepEqual((await post({ kind: 'evaluation', jobs: [one!.id, one!.id] })).body.warnings, [])
  })

  it('have a result and files once they have succeeded, with digests, ETags and ranges', async () => {
    const id = await finishedAnalysis()
    const { body } = await get(`/v1/analyses/${id}`)
    assert.deepEqual([body.status, body.result, body.progress], ['succeeded', RESULT, { fraction: 1 }])
    const [file] = (await get(`/v1/analyses/${id}/artifacts`)).body.data
    const path = `/v1/analyses/${id}/artifacts/${file.name}`
    const { headers, text } = await get(path)
    assert.deepEqual(JSON.parse(text), RESULT)
    assert.equal(headers.etag, `"sha256-${file.sha256}"`)
    assert.match(headers['cache-control']!, /immutable/)
    assert.equal((await get(path, { 'if-none-match': headers.etag })).status, 304)
    const part = await fetch(api.url + path, { headers: { range: 'bytes=0-3' } })
    assert.deepEqual(
      [part.status, part.headers.get('content-range'), await part.text()],
      [206, `bytes 0-3/${file.sizeBytes}`, text.slice(0, 4)],
    )
    const head = await request(api.url).head(path)
    assert.equal(head.headers['content-length'], String(file.sizeBytes))
    const missing = await get(`/v1/analyses/${id}/artifacts/model.onnx`)
    assert.match(missing.body.detail, /no artifact "model.onnx"; its artifacts are: evaluation.json/)
    const [listed] = (await get('/v1/analyses?limit=1')).body.data
    assert.deepEqual([listed.id, listed.result], [id, undefined])
  })

  it('of every kind show their result', async () => {
    const { id: job } = await finishedJob(api.stores)
    const { id } = (await post({ kind: 'tradeoff', jobs: [job] })).body
    const result = { step: 1, parameters: 2, points: [] }
    await finishAnalysis(api.stores, id, result, 'tradeoff.json')
    const { status, body } = await get(`/v1/analyses/${id}`)
    assert.deepEqual([status, body.result], [200, result])
  })

  it('have no files before that', async () => {
    const id = await newAnalysis()
    assert.deepEqual((await get(`/v1/analyses/${id}/artifacts`)).body.data, [])
    const { status, body } = await get(`/v1/analyses/${id}/artifacts/evaluation.json`)
    assert.deepEqual([status, body.code], [409, 'artifact_not_ready'])
  })

  it('keep the checkpoints of the analysed jobs after those are deleted', async () => {
    const job = await finishedJob(api.stores)
    const { id } = (await post({ kind: 'evaluation', jobs: [job.id] })).body
    assert.equal((await request(api.url).delete(`/v1/jobs/${job.id}`)).status, 204)
    const { sha256, sizeBytes } = job.checkpoints[0]!
    assert.deepEqual(await api.stores.blobs.stat(id, sha256), { sizeBytes })
    assert.equal((await get(`/v1/analyses/${id}`)).body.jobs[0].id, job.id)
  })

  it('are cancelled and deleted like jobs', async () => {
    const id = await newAnalysis()
    const remove = () => request(api.url).delete(`/v1/analyses/${id}`)
    assert.match((await remove()).body.detail, /^The analysis is queued/)
    const cancel = () => request(api.url).post(`/v1/analyses/${id}/cancel`)
    assert.deepEqual([(await cancel()).body.status, (await cancel()).status], ['cancelled', 202])
    assert.equal((await remove()).status, 204)
    assert.equal((await get(`/v1/analyses/${id}`)).status, 404)
    const done = await finishedAnalysis()
    const { status, body } = await request(api.url).post(`/v1/analyses/${done}/cancel`)
    assert.equal(status, 409)
    assert.equal(body.detail, 'The analysis has succeeded; only an unfinished one can be cancelled.')
  })

  it('are refused if no worker has enough memory, unless one has trained the model', async () => {
    const { id } = await finishedJob(api.stores)
    const worker = { host: 'host', pid: 1, engine: 'native', engineVersion: '1', device: 'cpu', threads: 1 }
    const startedAt = new Date().toISOString()
    await api.stores.workers.beat({ ...worker, id: 'worker_small', startedAt, memoryBytes: 700e6 })
    const refused = await post({ kind: 'evaluation', jobs: [id] })
    assert.deepEqual([refused.status, refused.body.code], [422, 'insufficient_memory'])
    assert.match(refused.body.detail, /^The analysis needs .* \(estimated\); the largest worker has 700 MB/)
    assert.deepEqual(refused.body.errors[0].path, 'jobs.0')
    const trained = await storeJob(api.stores, newJob({ epochs: 1 }))
    await startJob(api.stores, trained.id)
    await appendEvent(api.stores, trained.id, 'succeeded', { peakMemoryBytes: 650e6 })
    assert.equal((await post({ kind: 'evaluation', jobs: [id] })).status, 201)
    await api.stores.workers.leave('worker_small')
  })
})
