import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import type { Owned } from '#access/owner.ts'
import { addArtifact, startJob, succeed } from '#test/support/drive-job.ts'
import { keyOf } from '#test/support/key-of.ts'
import { postJob } from '#test/support/post-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

const RANGE = { from: '2026-03-07', to: '2026-03-08' }
const at = (time: string) => new Date(`2026-03-${time}Z`)

describe('GET /v1/usage', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())
  const read = (query: object = {}) => request(api.url).get('/v1/usage').query(query)
  const total = async () => (await read()).body.totals
  const run = (owner: Owned, time: string, deviceMs = 1000, examples = 0) =>
    api.stores.usage.addRunning(owner, { deviceMs, examples }, at(time))

  it('counts submitted jobs, but neither dry runs nor replays nor refused ones', async () => {
    const submit = (body: object, headers = {}, query = {}) =>
      request(api.url).post('/v1/jobs').query(query).set(headers).send(body)
    const job = { model: { preset: 'mnist-mlp' } }
    await submit(job)
    await submit(job, { 'idempotency-key': 'a' })
    await submit(job, { 'idempotency-key': 'a' })
    await submit(job, {}, { dryRun: 'true' })
    await submit({ model: { preset: 'unknown' } })
    const { body } = await read()
    assert.equal(body.totals.jobs, 2)
    assert.deepEqual(
      body.data.map(({ keyId, jobs }: { keyId: string; jobs: number }) => [keyId, jobs]),
      [['loopback', 2]],
    )
  })

  it('counts the bytes of downloads and WebSockets', async () => {
    const jobId = await postJob(api.url)
    await startJob(api.stores, jobId)
    await addArtifact(api.stores, jobId, 'model.safetensors', Buffer.alloc(300_000))
    const before = (await total()).egressBytes
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/jobs/${jobId}/stream`)
    const frames: string[] = []
    socket.on('message', frame => frames.push(String(frame)))
    const closed = once(socket, 'close')
    await once(socket, 'message')
    await succeed(api.stores, jobId)
    await closed
    const streamed = (await total()).egressBytes
    assert.ok(streamed - before > frames.join('').length, 'the frames are not counted')
    const file = await fetch(`${api.url}/v1/jobs/${jobId}/artifacts/model.safetensors`)
    assert.equal((await file.arrayBuffer()).byteLength, 300_000)
    const downloaded = (await total()).egressBytes - streamed
    assert.ok(downloaded > 300_000 && downloaded < 310_000, `${downloaded} bytes were counted`)
  })

  it('shows the bytes that are stored', async () => {
    const { body } = await read()
    assert.equal(body.data[0].storedBytes, 300_000)
    assert.equal(body.totals.storedByteHours, 300_000)
  })

  it('lists hours of keys, newest first, in pages, with the totals of all pages', async () => {
    const [alice, bob] = ['alice', 'bob'].map(keyId => ({ keyId }))
    await run(alice!, '01T23:59:59.999', 1500, 10)
    await run(alice!, '02T00:00:00', 250, 5)
    await run(bob!, '02T00:59:59')
    await run(bob!, '02T01:00:00')
    const range = { from: '2026-03-01T23:10:00Z', to: '2026-03-02T01:00:00Z', limit: 2 }
    const first = (await read(range)).body
    assert.deepEqual(
      first.data.map(({ hour, keyId, deviceSeconds }: Record<string, unknown>) => [
        hour,
        keyId,
        deviceSeconds,
      ]),
      [
        ['2026-03-02T00:00:00.000Z', 'alice', 0.25],
        ['2026-03-02T00:00:00.000Z', 'bob', 1],
      ],
    )
    assert.equal(first.hasMore, true)
    const last = (await read({ ...range, after: first.nextAfter })).body
    assert.deepEqual(
      last.data.map(({ hour, keyId }: Record<string, unknown>) => [hour, keyId]),
      [['2026-03-01T23:00:00.000Z', 'alice']],
    )
    assert.deepEqual([last.hasMore, last.nextAfter], [false, null])
    for (const { totals } of [first, last])
      assert.deepEqual([totals.deviceSeconds, totals.examplesTrained], [2.75, 15])
    const ofBob = (await read({ ...range, to: '2026-03-03', keyId: 'bob' })).body
    assert.equal(ofBob.totals.deviceSeconds, 2)
  })

  it('shows another tenant to the operator only if asked', async () => {
    await run({ tenant: 'vision', keyId: 'carol' }, '05T00:00:00', 7000)
    const range = { from: '2026-03-05', to: '2026-03-06' }
    assert.deepEqual((await read(range)).body.data, [])
    const { data } = (await read({ ...range, tenant: 'vision' })).body
    assert.deepEqual([data.length, data[0].keyId, data[0].deviceSeconds], [1, 'carol', 7])
  })

  it('refuses ranges and cursors that it cannot answer', async () => {
    for (const [path, query] of [
      ['from', { from: '2026-03-02', to: '2026-03-02' }],
      ['from', { from: '2026-03-01', to: '2026-04-02' }],
      ['from', { from: 'yesterday' }],
      ['to', { to: '13 o’clock' }],
      ['after', { after: 'job_x' }],
      ['tenant', { tenant: 'No Tenant' }],
      ['limit', { limit: 201 }],
      ['days', { days: 3 }],
    ] as const) {
      const { status, body } = await read(query)
      assert.deepEqual([status, body.errors?.[0]?.path], [400, path], JSON.stringify(query))
    }
    assert.equal((await read({ from: '2026-03-01', to: '2026-04-01' })).status, 200)
  })

  it('keeps what it has counted when the process ends', async () => {
    const { usage } = await api.connectAgain()
    const other = await api.connectAgain()
    other.usage.note({ keyId: 'dave' }, 'jobs', 3)
    await other.close()
    const [from, to] = [new Date(Date.now() - 7_200_000), new Date(Date.now() + 7_200_000)]
    const rows = await usage.rows('default', { from, to, keyId: 'dave' })
    assert.deepEqual(
      rows.map(({ jobs }) => jobs),
      [3],
    )
  })

  it('shows the whole tenant to its admins, and other keys their own usage only', async () => {
    const [admin, reader] = await Promise.all([
      keyOf(api.stores, { tenant: 'audio', scopes: ['admin'] }),
      keyOf(api.stores, { tenant: 'audio', scopes: ['read'] }),
    ])
    const readAs = (key: typeof admin, query: object = {}) => read({ ...RANGE, ...query }).set(key.headers)
    for (const { id: keyId } of [admin, reader]) await run({ tenant: 'audio', keyId }, '07T00:00:00')
    const keysOf = ({ body }: { body: { data: { keyId: string }[] } }) =>
      body.data.map(({ keyId }) => keyId).sort()
    assert.deepEqual(keysOf(await readAs(admin)), [admin.id, reader.id].sort())
    assert.deepEqual(keysOf(await readAs(admin, { keyId: reader.id })), [reader.id])
    assert.deepEqual(keysOf(await readAs(reader)), [reader.id])
    assert.equal((await readAs(reader, { keyId: admin.id })).status, 403)
    for (const key of [admin, reader]) assert.equal((await readAs(key, { tenant: 'vision' })).status, 404)
  })
})
