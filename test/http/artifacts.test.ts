import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { truncate } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { encodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import { addArtifact, startJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const CSV = Buffer.from('epoch,step\r\n1,469\r\n')
const WEIGHTS = Float32Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? i / 7 : 0))

describe('artifacts', () => {
  let api: Api
  let base: string
  let etag: string
  before(async () => {
    api = await startApi()
    const { body } = await request(api.url)
      .post('/v1/jobs')
      .send({ model: { preset: 'mnist-mlp' } })
    base = `/v1/jobs/${body.id}/artifacts`
    await startJob(api.stores, body.id)
    const csv = await addArtifact(api.stores, body.id, 'metrics.csv', CSV)
    etag = `"sha256-${csv.sha256}"`
    const tensor = { name: 'dense/kernel', shape: [10, 100], dtype: 'F32' as const, data: WEIGHTS }
    await addArtifact(
      api.stores,
      body.id,
      'model.sparse.safetensors',
      encodeSparseSafetensors([tensor], { seed: '1' }),
    )
    assert.equal((await get('metrics.csv')).body.code, 'artifact_not_ready')
    await succeed(api.stores, body.id)
  })
  after(() => api.stop())
  const get = (name: string, headers: Record<string, string> = {}) =>
    request(api.url).get(`${base}/${name}`).set(headers)

  it('have length, media type, entity tag and digest headers, and HEAD returns the same headers', async () => {
    const whole = await get('metrics.csv')
    assert.equal(whole.text, CSV.toString())
    assert.equal(
      whole.headers['repr-digest'],
      `sha-256=:${createHash('sha256').update(CSV).digest('base64')}:`,
    )
    assert.equal(whole.headers.etag, etag)
    assert.equal(whole.headers['content-length'], String(CSV.length))
    assert.equal(whole.headers['accept-ranges'], 'bytes')
    const head = await request(api.url).head(`${base}/metrics.csv`).set('range', 'bytes=0-1')
    const same = [
      'etag',
      'repr-digest',
      'content-length',
      'content-type',
      'content-disposition',
      'cache-control',
    ]
    assert.equal(head.status, 200)
    for (const name of same) assert.equal(head.headers[name], whole.headers[name], name)
  })

  it('are served by range: from the start, to the end, by suffix, one byte', async () => {
    for (const [range, start, end] of [
      ['bytes=0-4', 0, 4],
      ['bytes=6-', 6, CSV.length - 1],
      ['bytes=-3', CSV.length - 3, CSV.length - 1],
      [`bytes=5-${CSV.length + 99}`, 5, CSV.length - 1],
      ['bytes=0-0', 0, 0],
    ] as const) {
      const part = await get('metrics.csv', { range })
      assert.equal(part.status, 206)
      assert.equal(part.headers['content-range'], `bytes ${start}-${end}/${CSV.length}`)
      assert.equal(part.headers['content-length'], String(end - start + 1))
      assert.equal(part.text, CSV.subarray(start, end + 1).toString())
      assert.equal(part.headers.etag, etag)
    }
  })

  it('are served whole for several ranges, a malformed one, or an If-Range of another entity', async () => {
    for (const headers of [
      { range: 'bytes=0-1,3-4' },
      { range: 'bytes=5-2' },
      { range: 'lines=1-2' },
      { range: 'bytes=0-1', 'if-range': '"sha256-other"' },
    ]) {
      const whole = await get('metrics.csv', headers as Record<string, string>)
      assert.deepEqual([whole.status, whole.text], [200, CSV.toString()])
    }
    assert.equal((await get('metrics.csv', { range: 'bytes=0-1', 'if-range': etag })).status, 206)
  })

  it('answer 416, 304 and 412 as the conditions require', async () => {
    const beyond = await get('metrics.csv', { range: `bytes=${CSV.length}-` })
    assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${CSV.length}`])
    assert.equal(beyond.headers['cache-control'], undefined)
    const known = await get('metrics.csv', { 'if-none-match': `"x", W/${etag}` })
    assert.deepEqual([known.status, known.headers.etag, known.text], [304, etag, ''])
    assert.equal((await get('metrics.csv', { 'if-match': '"sha256-other"' })).status, 412)
    assert.equal((await get('metrics.csv', { 'if-match': etag })).status, 200)
  })

  it('are listed with their descriptions', async () => {
    const { body } = await request(api.url).get(base)
    body.data = body.data.filter(({ made }: { made: boolean }) => made)
    const names = body.data.map(({ name }: { name: string }) => name)
    assert.ok(names.includes('metrics.csv') && names.includes('model.sparse.safetensors'))
  })

  it('with a truncated file cause an error, never a short response', async () => {
    const bytes = Buffer.alloc(1000, 'whole')
    const { body } = await request(api.url)
      .post('/v1/jobs')
      .send({ model: { preset: 'mnist-mlp' } })
    await startJob(api.stores, body.id)
    const { sha256 } = await addArtifact(api.stores, body.id, 'metrics.csv', bytes)
    await succeed(api.stores, body.id)
    const file = await api.stores.blobs.openFile!(body.id, sha256)
    await truncate(`/proc/self/fd/${file.fd}`, 500)
    await file.close()
    assert.equal((await request(api.url).get(`/v1/jobs/${body.id}/artifacts/metrics.csv`)).status, 500)
  })

  it('with unknown names are 404, also for path traversal', async () => {
    for (const name of ['model.pt', '..%2f..%2fetc%2fpasswd', '%00', 'x'.repeat(400)]) {
      assert.equal((await get(name)).status, 404, name)
    }
  })
})
