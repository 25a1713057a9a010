import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { type Api, startApi } from '#test/support/start-api.ts'

const CSV = { name: 'own', format: 'csv', label: 'y' }

function post(api: Api, spec: object, file: string) {
  const form = request(api.url).post('/v1/datasets').field('spec', JSON.stringify(spec))
  return form.attach('file', Buffer.from(file), 'table.csv')
}

describe('an upload is answered', () => {
  let api: Api
  let datasetsDir: string
  before(async () => {
    datasetsDir = await mkdtemp(join(tmpdir(), 'thresher-datasets-'))
    api = await startApi({ datasetsDir, patienceMs: 120_000 })
  })
  after(async () => {
    await api.stop()
    await rm(datasetsDir, { recursive: true })
  })

  it('with 201 and the dataset when it is ready', async () => {
    const { status, headers, body } = await post(api, CSV, 'x,y\n1,a\n2,b\n')
    assert.deepEqual([status, headers.location], [201, `/v1/datasets/${body.id}`])
    assert.deepEqual([body.status, body.classes], ['ready', ['a', 'b']])
  })

  it('with 422 and the mistake with its place, and the record remains until it is deleted', async () => {
    const { status, headers, body } = await post(api, CSV, 'x,y\n1,a\ntwo,b\n')
    assert.match(headers['content-type']!, /^application\/problem\+json/)
    assert.deepEqual([status, body.status, body.code], [422, 422, 'invalid_dataset'])
    assert.match(body.detail, /^table\.csv, row 3, column "x": "two"/)
    assert.deepEqual(body.errors, [{ path: 'file', message: body.detail }])
    assert.equal(headers.location, `/v1/datasets/${body.datasetId}`)
    const record = await request(api.url).get(headers.location!)
    assert.deepEqual([record.status, record.body.status, record.body.error], [200, 'invalid', body.detail])
    assert.equal((await request(api.url).delete(headers.location!)).status, 204)
    assert.equal((await request(api.url).get(headers.location!)).status, 404)
  })

  it('with the mistakes in its spec or its parts', async () => {
    const twins = await post(api, { ...CSV, classes: ['a', 'a'] }, 'x,y\n1,a\n')
    assert.deepEqual(
      [twins.status, twins.body.errors],
      [400, [{ path: 'classes.1', message: 'is given twice' }]],
    )
    for (const delimiter of [';;', '"', '']) {
      const { status, body } = await post(api, { ...CSV, delimiter }, 'x,y\n1,a\n')
      assert.deepEqual([status, body.errors[0].path], [400, 'delimiter'])
    }
    const form = () => request(api.url).post('/v1/datasets').field('spec', JSON.stringify(CSV))
    const twice = await form().field('spec', '{}').attach('file', Buffer.from('x,y\n1,a\n'), 'a.csv')
    assert.deepEqual([twice.status, twice.body.detail], [400, 'spec: is given twice'])
    const crowd = form()
    for (let index = 0; index <= 1000; index++) crowd.attach('file', Buffer.from('x'), `${index}.csv`)
    const { status, body } = await crowd
    assert.deepEqual([status, body.detail], [413, 'The body has more than 1,000 files.'])
  })

  it('with 422 for a folder that is registered, by its name', async () => {
    const spec = { name: 'x', format: 'imageFolder', folder: 'images', size: [8, 8] }
    const missing = await request(api.url).post('/v1/datasets').send(spec)
    assert.deepEqual([missing.status, missing.body.errors[0].path], [400, 'folder'])
    await mkdir(join(datasetsDir, 'images', 'cat'), { recursive: true })
    await writeFile(join(datasetsDir, 'images', 'cat', 'a.png'), '')
    const { status, body } = await request(api.url).post('/v1/datasets').send(spec)
    assert.deepEqual([status, body.errors[0].path], [422, 'folder'])
    assert.match(body.detail, /cat\/a\.png is empty/)
  })
})

describe('an upload that takes long is answered', () => {
  let api: Api
  before(async () => {
    api = await startApi({ patienceMs: 0 })
  })
  after(() => api.stop())

  it('with 202 and the location of its record', async () => {
    const { status, headers, body } = await post(api, CSV, 'x,y\n1,a\n2,b\n')
    assert.deepEqual([status, body.status], [202, 'validating'])
    for (;;) {
      const { body } = await request(api.url).get(headers.location!)
      if (body.status === 'ready') break
      assert.equal(body.status, 'validating')
    }
  })
})
