import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { addArtifact, appendEvent, startJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const JOB = { model: { preset: 'mnist-mlp' } }

describe('jobs', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const submit = async (body: object = {}) =>
    (
      await request(api.url)
        .post('/v1/jobs')
        .send({ ...JOB, ...body })
    ).body.id
  const get = async (path: string) => await request(api.url).get(path)
  const ids = (data: { id: string }[]) => data.map(({ id }) => id)

  it('are listed newest first, a page at a time, each once', async () => {
    const made: string[] = []
    for (let i = 0; i < 5; i++) made.push(await submit({ labels: { set: 'paging' } }))
    const pages: string[] = []
    for (let path = '/v1/jobs?label.set=paging&limit=2'; ; ) {
      const { body } = await get(path)
      pages.push(...ids(body.data))
      assert.equal(body.hasMore, body.nextAfter !== null)
      if (!body.hasMore) break
      path = `/v1/jobs?label.set=paging&limit=2&after=${body.nextAfter}`
    }
    assert.deepEqual(pages, made.reverse())
  })

  it('are found by status and by labels together', async () => {
    const running = await submit({ labels: { team: 'a', kind: 'x' } })
    await submit({ labels: { team: 'a', kind: 'y' } })
    await startJob(api.stores, running)
    assert.deepEqual(ids((await get('/v1/jobs?status=running')).body.data), [running])
    assert.deepEqual(ids((await get('/v1/jobs?label.team=a&label.kind=x')).body.data), [running])
    assert.deepEqual(ids((await get('/v1/jobs?status=queued&label.team=a&label.kind=x')).body.data), [])
  })

  it('refuse a bad cursor, limit or filter by name', async () => {
    for (const [query, path] of [
      ['after=nonsense', 'after'],
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['status=sleeping', 'status'],
      ['colour=red', 'colour'],
    ]) {
      const { status, body } = await get(`/v1/jobs?${query}`)
      assert.deepEqual([status, body.errors[0].path], [400, path])
    }
  })

  it('name the bound that a value exceeds, and a parameter that is given twice', async () => {
    const refusals = async (path: string) => (await get(path)).body.errors
    assert.deepEqual(await refusals('/v1/jobs?limit=1&limit=2'), [
      { path: 'limit', message: 'must be given once' },
    ])
    const { body } = await request(api.url)
      .post('/v1/jobs')
      .send({ ...JOB, validation: { fraction: 2 }, name: '', epochs: 0 })
    const messages = body.errors.map(({ path, message }: Record<string, string>) => [path, message])
    assert.deepEqual(Object.fromEntries(messages), {
      name: 'must not be empty',
      'validation.fraction': 'must be at most 0.9',
      epochs: 'must be at least 1',
    })
  })

  it('refuse control characters in labels and in the names of layers', async () => {
    const { body } = await request(api.url)
      .post('/v1/jobs')
      .send({ ...JOB, labels: { team: 'a\x1b[2J' } })
    assert.deepEqual(body.errors, [
      { path: 'labels.team', message: 'must not have control characters or lone surrogates' },
    ])
    const layers = [{ type: 'dense', name: 'a\u009b2J', units: 10 }]
    const named = await request(api.url)
      .post('/v1/jobs')
      .send({ model: { topology: { inputShape: [784], layers } }, dataset: { id: 'mnist' } })
    assert.match(named.body.detail, /layers\.0\.name: must be a name without slashes, control characters/)
  })

  it('change name, labels and, while queued, priority', async () => {
    const id = await submit()
    const patch = (body: object) => request(api.url).patch(`/v1/jobs/${id}`).send(body)
    const { body } = await patch({ name: 'new', labels: { a: 'b' }, priority: 1 })
    assert.deepEqual([body.name, body.labels, body.priority, body.queuePosition], ['new', { a: 'b' }, 1, 1])
    assert.deepEqual(ids((await get('/v1/jobs?label.a=b')).body.data), [id])
    await startJob(api.stores, id)
    assert.equal((await patch({ priority: 2 })).status, 409)
    assert.equal((await patch({ name: 'still', epochs: 4 })).body.errors[0].path, 'epochs')
  })

  it('keep the labels that a change does not name, and lose the labels that it sets to null', async () => {
    const id = await submit({ labels: { a: '1', b: '2' } })
    const patch = (labels: object) => request(api.url).patch(`/v1/jobs/${id}`).send({ labels })
    assert.deepEqual((await patch({ b: null, c: '3' })).body.labels, { a: '1', c: '3' })
    assert.deepEqual((await patch({ never: null })).body.labels, { a: '1', c: '3' })
    assert.deepEqual(ids((await get('/v1/jobs?label.b=2')).body.data), [])
    assert.deepEqual(ids((await get('/v1/jobs?label.c=3')).body.data), [id])
    const many = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`more.${i}`, 'x']))
    const { status, body } = await patch(many)
    assert.deepEqual([status, body.errors[0].path], [400, 'labels'])
    assert.equal((await patch({ 'bad key': null })).body.errors[0].path, 'labels.bad key')
  })

  it('are cancelled at once while queued, in two steps while running, and not after they have ended', async () => {
    const cancel = (id: string) => request(api.url).post(`/v1/jobs/${id}/cancel`)
    const queued = await submit()
    const answer = await cancel(queued).set('content-type', 'application/json').send('')
    assert.deepEqual([answer.status, answer.body.status], [202, 'cancelled'])
    assert.equal((await cancel(queued)).status, 202)
    const running = await submit()
    await startJob(api.stores, running)
    assert.equal((await cancel(running)).body.status, 'cancelling')
    const over = await submit()
    await startJob(api.stores, over)
    await succeed(api.stores, over)
    const late = await cancel(over)
    assert.deepEqual([late.status, late.body.code], [409, 'conflict'])
  })

  it('are paused and resumed at once while queued, in two steps while running, and not after they have ended', async () => {
    const ask = async (id: string, what: 'pause' | 'resume') => {
      const { status, body } = await request(api.url).post(`/v1/jobs/${id}/${what}`)
      return [status, body.code ?? body.status]
    }
    const positionOf = async (id: string) => (await request(api.url).get(`/v1/jobs/${id}`)).body.queuePosition
    const id = await submit()
    assert.deepEqual(await ask(id, 'resume'), [202, 'queued'])
    assert.deepEqual(await ask(id, 'pause'), [202, 'paused'])
    assert.equal(await positionOf(id), undefined)
    assert.deepEqual(await ask(id, 'pause'), [202, 'paused'])
    assert.deepEqual(await ask(id, 'resume'), [202, 'queued'])
    assert.notEqual(await positionOf(id), undefined)
    await startJob(api.stores, id)
    assert.deepEqual(await ask(id, 'pause'), [202, 'pausing'])
    assert.deepEqual(await ask(id, 'resume'), [409, 'conflict'])
    await appendEvent(api.stores, id, 'paused', {})
    assert.deepEqual(await ask(id, 'resume'), [202, 'queued'])
    await startJob(api.stores, id)
    await succeed(api.stores, id)
    assert.deepEqual(await ask(id, 'pause'), [409, 'conflict'])
    assert.deepEqual(await ask(id, 'resume'), [409, 'conflict'])
  })

  it('list the checkpoints that they keep, the latest and the best', async () => {
    const id = await submit()
    await startJob(api.stores, id)
    for (const [index, validationAccuracy] of [0.8, 0.9, 0.85].entries()) {
      const step = 469 * (index + 1)
      const sha256 = String(index).repeat(64)
      const checkpoint = {
        epoch: index + 1,
        step,
        validationAccuracy,
        validationLoss: 1,
        sizeBytes: 9,
        sha256,
      }
      await appendEvent(api.stores, id, 'checkpointed', checkpoint)
    }
    const { data } = (await get(`/v1/jobs/${id}/checkpoints`)).body
    assert.deepEqual(
      data.map(({ kind, epoch, resumable }: Record<string, unknown>) => [kind, epoch, resumable]),
      [
        ['latest', 3, true],
        ['best', 2, true],
      ],
    )
  })

  it('are deleted with their files once they have ended', async () => {
    const id = await submit()
    const remove = () => request(api.url).delete(`/v1/jobs/${id}`)
    assert.equal((await remove()).status, 409)
    await startJob(api.stores, id)
    const artifact = await addArtifact(api.stores, id, 'metrics.csv', Buffer.from('epoch\r\n'))
    await succeed(api.stores, id)
    assert.equal((await remove()).status, 204)
    assert.equal((await get(`/v1/jobs/${id}`)).status, 404)
    assert.equal((await get(`/v1/jobs/${id}/artifacts/metrics.csv`)).status, 404)
    await assert.rejects(async () => await api.stores.blobs.open(id, artifact.sha256))
    assert.ok(!ids((await get('/v1/jobs')).body.data).includes(id))
  })

  it('answer 404 for what does not exist', async () => {
    for (const path of [
      '',
      '/events',
      '/metrics',
      '/layers',
      '/checkpoints',
      '/artifacts',
      '/artifacts/metrics.csv',
    ]) {
      const { status, body } = await get(`/v1/jobs/job_nothing${path}`)
      assert.deepEqual([path, status, body.code], [path, 404, 'not_found'])
    }
    assert.equal((await get('/v1/nothing')).body.code, 'not_found')
  })
})
