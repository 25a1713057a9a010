import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { TenantSettings } from '#access/quotas.ts'
import { deleteOrphans } from '#maintenance/delete-orphan-blobs.ts'
import { createApp } from '#src/app.ts'
import { keyOf } from '#test/support/key-of.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const MEBIBYTE = 1024 ** 2
const SPEC = { name: 'rows', format: 'csv', label: 'y' }
/** 2.5 chunks of the smallest size. */
const TABLE = Buffer.from(['x,y', ...Array.from({ length: 300_000 }, (_, i) => `${i},${i % 2}`)].join('\n'))
const SMALL = Buffer.from('x,y\n1,0\n2,1\n')

type Headers = Record<string, string>

describe('an upload in chunks', () => {
  let api: Api
  let second: FastifyInstance
  let urls: [string, string]
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thresher-chunks-'))
    const options = { patienceMs: 120_000, uploadsDir: join(folder, '1') }
    api = await startApi(options)
    second = await createApp(await api.connectAgain(), api.children, {
      ...options,
      uploadsDir: join(folder, '2'),
    })
    await second.listen({ host: '127.0.0.1', port: 0 })
    urls = [api.url, `http://127.0.0.1:${(second.server.address() as AddressInfo).port}`]
  })
  after(async () => {
    await second.close()
    await api.stop()
    await rm(folder, { recursive: true })
  })

  async function call(
    method: string,
    path: string,
    headers: Headers = {},
    body?: string | Blob | FormData,
    url = api.url,
  ) {
    const answer = await fetch(url + path, { method, headers, ...(body && { body }) })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) }
  }

  const announce = (files: object[], headers: Headers = {}, spec: object = SPEC) =>
    call(
      ...(['POST', '/v1/datasets', { 'content-type': 'application/json', ...headers }] as const),
      JSON.stringify({ ...spec, files }),
    )
  const announced = async (...files: [name: string, content: Buffer][]): Promise<string> => {
    const { body } = await announce(files.map(([name, { length }]) => ({ name, sizeBytes: length })))
    return body.id
  }

  /** Sends bytes `first` to `last` of a file, both included. */
  const put = (
    id: string,
    content: Buffer,
    [first, last]: [number, number],
    { name = '', url = api.url } = {},
  ) =>
    call(
      'PUT',
      `/v1/datasets/${id}/content${name && `?file=${encodeURIComponent(name)}`}`,
      {
        'content-type': 'application/octet-stream',
        'content-range': `bytes ${first}-${last}/${content.length}`,
      },
      new Blob([content.subarray(first, last + 1)]),
      url,
    )
  const filesOf = async (id: string) => (await call('GET', `/v1/datasets/${id}`)).body.upload.files
  const chunksOf = async (id: string) => {
    const found = []
    for await (const { namespace } of api.stores.blobs.list()) if (namespace === id) found.push(namespace)
    return found.length
  }

  it('makes the dataset that a form makes, whichever processes receive its chunks', async () => {
    const { status, headers, body } = await announce([{ name: 'rows.csv', sizeBytes: TABLE.length }])
    assert.deepEqual([status, body.status], [201, 'uploading'])
    assert.equal(headers.get('location'), `/v1/datasets/${body.id}`)
    assert.deepEqual(body.upload.files, [{ name: 'rows.csv', sizeBytes: TABLE.length, receivedBytes: 0 }])
    const half = await put(body.id, TABLE, [0, MEBIBYTE - 1])
    assert.deepEqual([half.status, half.body.upload.files[0].receivedBytes], [200, MEBIBYTE])
    assert.equal(await deleteOrphans(api.stores, new Date(Date.now() + 1000)), 0)
    const rest: [number, number] = [MEBIBYTE, TABLE.length - 1]
    const whole = await put(body.id, TABLE, rest, { name: 'rows.csv', url: urls[1] })
    assert.deepEqual([whole.status, whole.body.status, whole.body.upload], [200, 'ready', undefined])
    const form = new FormData()
    form.append('spec', JSON.stringify(SPEC))
    form.append('file', new Blob([TABLE]), 'rows.csv')
    const uploaded = await call('POST', '/v1/datasets', {}, form)
    assert.equal(uploaded.body.status, 'ready')
    for (const field of ['sha256', 'sizeBytes', 'splits', 'columns', 'notes'])
      assert.deepEqual(whole.body[field], uploaded.body[field], field)
    assert.equal(await chunksOf(body.id), 1)
    assert.deepEqual(await readdir(join(folder, '2')), [])
    const last = await put(body.id, TABLE, rest)
    assert.deepEqual([last.status, last.body.status], [200, 'ready'], 'the answer may have been lost')
  })

  it('takes only the next chunk, and names its offset otherwise', async () => {
    const id = await announced(['a.csv', TABLE])
    const early = await put(id, TABLE, [MEBIBYTE, TABLE.length - 1])
    assert.deepEqual([early.status, early.body.code, early.body.receivedBytes], [409, 'conflict', 0])
    await put(id, TABLE, [0, MEBIBYTE - 1])
    const again = await put(id, TABLE, [0, MEBIBYTE - 1])
    assert.deepEqual([again.status, again.body.upload.files[0].receivedBytes], [200, MEBIBYTE])
    const overlapping = await put(id, TABLE, [MEBIBYTE / 2, TABLE.length - 1])
    assert.deepEqual([overlapping.status, overlapping.body.receivedBytes], [409, MEBIBYTE])
    assert.match(overlapping.body.detail, /next chunk of a\.csv begins at byte 1048576, not 524288/)
    assert.equal((await filesOf(id))[0].receivedBytes, MEBIBYTE)
  })

  it('takes a chunk once when two processes receive it at the same time', async () => {
    const id = await announced(['a.csv', TABLE])
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => put(id, TABLE, [0, MEBIBYTE - 1], { url: urls[i % 2]! })),
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
    const rest = await put(id, TABLE, [MEBIBYTE, TABLE.length - 1])
    assert.deepEqual([rest.body.status, rest.body.splits], ['ready', { train: 300_000, test: 0 }])
  })

  it('refuses the bytes of all but one of the requests that send different bytes at the same time', async () => {
    const id = await announced(['a.csv', TABLE])
    const contents = Array.from({ length: 6 }, (_, i) => Buffer.concat([Buffer.from([i]), TABLE.subarray(1)]))
    const answers = await Promise.all(
      contents.map((content, i) => put(id, content, [0, MEBIBYTE - 1], { url: urls[i % 2]! })),
    )
    for (const { status, body } of answers.filter(({ status }) => status !== 200))
      assert.match(
        `${status} ${body.detail}`,
        /^409 Another request has sent other bytes for this part of a\.csv/,
      )
    assert.equal((await filesOf(id))[0].receivedBytes, MEBIBYTE)
    assert.equal(await chunksOf(id), 1)
  })

  it('is invalid if a chunk that was stored is missing', async () => {
    const id = await announced(['a.csv', TABLE])
    await put(id, TABLE, [0, MEBIBYTE - 1])
    await api.stores.blobs.deleteAll(id)
    const { status, body } = await put(id, TABLE, [MEBIBYTE, TABLE.length - 1])
    assert.deepEqual([status, body.code], [422, 'invalid_dataset'])
    assert.match(body.detail, /a chunk of the upload is missing; upload the files again/)
    assert.equal(await chunksOf(id), 0)
  })

  it('refuses a range that contradicts the file, the body or the limits, and stores nothing', async () => {
    const id = await announced(['a.csv', TABLE])
    const wrong = async (range: string, body: Buffer, expected: RegExp, status = 400) => {
      const path = `/v1/datasets/${id}/content`
      const answer = await call('PUT', path, { 'content-range': range }, new Blob([body]))
      assert.deepEqual([answer.status, expected.test(answer.body.detail)], [status, true], answer.body.detail)
    }
    const { length } = TABLE
    await wrong('0-10/20', SMALL, /Content-Range: must be bytes FIRST-LAST\/TOTAL/)
    await wrong(`bytes 0-${length - 2}/${length - 1}`, SMALL, /announced size of a\.csv/)
    await wrong(`bytes 0-${length}/${length}`, SMALL, /must name bytes within 0 to/)
    await wrong(`bytes 5-4/${length}`, SMALL, /must name bytes within 0 to/)
    await wrong(`bytes 0-${SMALL.length - 1}/${length}`, SMALL, /at least 1048576 bytes/)
    await wrong(`bytes 0-${MEBIBYTE - 1}/${length}`, SMALL, /names 1048576 bytes, and the body has 12/)
    await wrong(`bytes 0-${MEBIBYTE - 1}/${length}`, TABLE, /names 1048576 bytes, and the body has more/)
    const { body } = await announce([{ name: 'b.csv', sizeBytes: 100 * MEBIBYTE }])
    const large = { 'content-range': `bytes 0-${64 * MEBIBYTE}/${100 * MEBIBYTE}` }
    assert.equal((await call('PUT', `/v1/datasets/${body.id}/content`, large, 'x')).status, 413)
    assert.equal((await filesOf(id))[0].receivedBytes, 0)
    assert.equal(await chunksOf(id), 0)
  })

  it('keeps nothing of a chunk whose connection breaks', async () => {
    const id = await announced(['a.csv', TABLE])
    const { hostname, port } = new URL(api.url)
    const socket = connect(Number(port), hostname)
    const head = [
      `PUT /v1/datasets/${id}/content HTTP/1.1`,
      'Host: 127.0.0.1',
      `Content-Length: ${TABLE.length}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    await new Promise<void>(resolve => socket.write(TABLE.subarray(0, MEBIBYTE), () => resolve()))
    socket.resetAndDestroy()
    const whole = await put(id, TABLE, [0, TABLE.length - 1])
    assert.equal(whole.body.status, 'ready')
    assert.equal(await chunksOf(id), 1)
  })

  it('of several files takes the name of each, and without Content-Range a whole file', async () => {
    const test = Buffer.from('x,y\n5,0\n')
    const id = await announced(['train.csv', SMALL], ['test.csv', test])
    const path = `/v1/datasets/${id}/content`
    const unnamed = await call('PUT', path, {}, SMALL.toString())
    assert.deepEqual(unnamed.body.errors, [
      { path: 'file', message: 'must be the name of an announced file, such as: train.csv, test.csv' },
    ])
    await call('PUT', `${path}?file=test.csv`, {}, test.toString())
    assert.deepEqual(
      (await filesOf(id)).map(({ receivedBytes }: { receivedBytes: number }) => receivedBytes),
      [0, test.length],
    )
    const { body } = await call('PUT', `${path}?file=train.csv`, {}, SMALL.toString())
    assert.deepEqual([body.status, body.splits], ['ready', { train: 2, test: 1 }])
  })

  it('is answered with 422 and the mistake when its files are not a dataset', async () => {
    const wrong = Buffer.from('x,y\n1,0\ntwo,1\n')
    const id = await announced(['wrong.csv', wrong])
    for (const _ of ['the last chunk', 'the same again']) {
      const { status, body } = await put(id, wrong, [0, wrong.length - 1])
      assert.deepEqual([status, body.code, body.datasetId], [422, 'invalid_dataset', id])
      assert.match(body.detail, /^wrong\.csv, row 3, column "x": "two"/)
    }
  })

  it('is announced once under an idempotency key', async () => {
    const key = { 'idempotency-key': 'rows-1' }
    const first = await announce([{ name: 'a.csv', sizeBytes: 5 }], key)
    const again = await announce([{ name: 'a.csv', sizeBytes: 5 }], key)
    assert.deepEqual([again.status, again.body.id], [201, first.body.id])
    assert.equal(again.headers.get('idempotency-replayed'), 'true')
    const other = await announce([{ name: 'a.csv', sizeBytes: 6 }], key)
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'])
  })

  it('is refused for names that are paths, files that are given twice, and sizes beyond the limits', async () => {
    const paths = async (files: object[]) =>
      (await announce(files)).body.errors.map(({ path }: { path: string }) => path)
    const file = { name: 'a.csv', sizeBytes: 1 }
    assert.deepEqual(await paths([{ ...file, name: '../a.csv' }]), ['files.0.name'])
    assert.deepEqual(await paths([file, file]), ['files.1.name'])
    assert.deepEqual(await paths([{ ...file, sizeBytes: 4 * 1024 ** 3 + 1 }]), ['files.0.sizeBytes'])
    assert.deepEqual(await paths([{ ...file, sizeBytes: 0 }]), ['files.0.sizeBytes'])
    assert.deepEqual(await paths([]), ['files'])
    const { body } = await announce([file], {}, { ...SPEC, labels: 'words' })
    assert.deepEqual(body.errors[0].path, 'labels')
  })

  it('counts what it has announced as stored bytes until it is deleted', async () => {
    await api.stores.tenantSettings.set('small', TenantSettings.parse({ quotas: { storedBytes: 100 } }))
    const { headers } = await keyOf(api.stores, { tenant: 'small' })
    const files = [{ name: 'a.csv', sizeBytes: 60 }]
    const first = await announce(files, headers)
    assert.equal(first.status, 201)
    const refused = await announce(files, headers)
    assert.deepEqual([refused.status, refused.body.code, refused.body.used], [429, 'quota_exceeded', 60])
    assert.equal((await call('DELETE', `/v1/datasets/${first.body.id}`, headers)).status, 204)
    assert.equal((await announce(files, headers)).status, 201)
  })

  it('is not a dataset of jobs yet, and can be deleted with its chunks', async () => {
    const { headers } = await keyOf(api.stores, {})
    const of = (id: string) => `/v1/datasets/${id}`
    const { body } = await announce([{ name: 'a.csv', sizeBytes: TABLE.length }], headers)
    const range = { ...headers, 'content-range': `bytes 0-${MEBIBYTE - 1}/${TABLE.length}` }
    await call('PUT', `${of(body.id)}/content`, range, new Blob([TABLE.subarray(0, MEBIBYTE)]))
    const job = { model: { preset: 'mnist-mlp' }, dataset: { id: body.id } }
    const refused = await call(
      ...(['POST', '/v1/jobs', { ...headers, 'content-type': 'application/json' }] as const),
      JSON.stringify(job),
    )
    assert.deepEqual([refused.status, refused.body.code], [409, 'dataset_not_ready'])
    assert.equal(await chunksOf(body.id), 1)
    assert.equal((await call('DELETE', of(body.id), headers)).status, 204)
    assert.equal(await chunksOf(body.id), 0)
    assert.equal((await call('PUT', `${of(body.id)}/content`, range, 'x')).status, 404)
  })
})
