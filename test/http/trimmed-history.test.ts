import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import type { JobEvent } from '#domain/event.ts'
import { loseAttempt } from '#domain/job-decisions.ts'
import { finishedRun } from '#forecast/finished-run.ts'
import { epochSeries, seriesToCsv } from '#interchange/report/metric-series.ts'
import { layerSeries } from '#jobs/epoch-series.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { newJob } from '#test/support/new-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

const LIMIT = 200
const EPOCHS = 450

// biome-ignore lint/suspicious/noExplicitAny: an outside client sees plain JSON
type Frame = Record<string, any>

describe('a history that is longer than its limit', () => {
  let api: Api
  let jobId: string
  /** Every event of the job but the first, which is derived. */
  const all: JobEvent[] = []
  before(async () => {
    api = await startApi({ historyEvents: LIMIT })
    jobId = (await storeJob(api.stores, newJob({ epochs: EPOCHS }))).id
    all.push(...(await startJob(api.stores, jobId)).events)
    for (let epoch = 1; epoch <= 300; epoch++) await complete(epoch, 0.5)
    // Fifty epochs are lost with their attempt and trained again.
    all.push(...(await api.stores.jobs.append(jobId, loseAttempt('worker_lost'))).events)
    all.push(...(await startJob(api.stores, jobId)).events)
    for (let epoch = 251; epoch <= EPOCHS; epoch++) await complete(epoch, 0.75)
    all.push(...(await succeed(api.stores, jobId)).events)
  })
  after(() => api.stop())

  const complete = async (epoch: number, sparsity: number) => {
    const validationLoss = 0.1 + 1 / (3 * epoch)
    const metrics = epochMetrics(epoch, { sparsity, validationLoss, epochs: EPOCHS })
    all.push(...(await appendEvent(api.stores, jobId, 'epoch', metrics)).events)
  }
  const get = (path: string) => request(api.url).get(`/v1/jobs/${jobId}${path}`)
  const stored = () => api.stores.redis.xlen(redisKeys.events(jobId))
  const lastSeq = () => all.at(-1)!.seq

  /** The gap, from what is stored. */
  async function gapAfter(after: number): Promise<Frame> {
    const [oldest] = await api.stores.redis.xrange(redisKeys.events(jobId), '-', '+', 'COUNT', 1)
    return { type: 'gap', from: Math.max(after, 1) + 1, to: Number.parseInt(oldest![0], 10) - 1 }
  }
  const expected = async (after: number) => {
    const gap = await gapAfter(after)
    const rest = all.filter(({ seq }) => seq > Math.max(gap.to, after))
    return [
      ...(after < 1 ? ['queued'] : []),
      ...(gap.from <= gap.to ? [gap] : []),
      ...rest.map(({ seq }) => seq),
    ]
  }
  const shown = (items: Frame[]) =>
    items.map(item => (item.type === 'gap' ? item : item.seq === 1 ? 'queued' : item.seq))

  it('is stored within the limit', async () => {
    assert.ok((await stored()) <= LIMIT, String(await stored()))
    assert.ok((await stored()) > 0.9 * LIMIT, String(await stored()))
    assert.equal((await api.stores.jobs.require(jobId)).lastSeq, lastSeq())
  })

  it('has one gap in its pages, however long they are and wherever they start', async () => {
    for (const [after, limit] of [
      [0, 1],
      [0, 2],
      [0, 200],
      [1, 7],
      [20, 33],
      [lastSeq() - 5, 2],
      [lastSeq(), 2],
    ] as const) {
      const items: Frame[] = []
      for (let next: string | null = String(after); next !== null; ) {
        const { status, body } = await get(`/events?after=${next}&limit=${limit}`)
        assert.equal(status, 200)
        assert.ok(body.data.length <= limit)
        items.push(...body.data)
        next = body.nextAfter
      }
      assert.deepEqual(shown(items), await expected(after), `after ${after}, ${limit} at a time`)
    }
  })

  it('has the gap in the streams, where the events were', async () => {
    const url = `${api.url.replace('http', 'ws')}/v1`
    for (const after of [0, 1, 40, lastSeq() - 3]) {
      const frames: Frame[] = []
      const socket = new WebSocket(`${url}/jobs/${jobId}/stream?after=${after}`)
      socket.on('message', data => frames.push(JSON.parse(String(data))))
      const [code] = await once(socket, 'close')
      assert.deepEqual([code, frames[0]?.type, frames.at(-1)?.type], [1000, 'snapshot', 'end'])
      assert.deepEqual(shown(frames.slice(1, -1)), await expected(after))
    }
    const sse = await fetch(`${api.url}/v1/jobs/${jobId}/events?after=3`, {
      headers: { accept: 'text/event-stream' },
    })
    const text = await sse.text()
    assert.ok(
      text.startsWith(`event: gap\ndata: ${JSON.stringify(await gapAfter(3))}\n\nid: `),
      text.slice(0, 100),
    )

    const socket = new WebSocket(`${url}/stream`)
    await once(socket, 'open')
    const frames: Frame[] = []
    const ended = new Promise<void>(resolve => {
      socket.on('message', data => {
        frames.push(JSON.parse(String(data)))
        if (frames.at(-1)?.type === 'end') resolve()
      })
    })
    socket.send(JSON.stringify({ subscribe: { jobId, after: 5 } }))
    await ended
    socket.close()
    assert.deepEqual(frames[1], { ...(await gapAfter(5)), jobId })
  })

  it('leaves metrics, layers, exports and forecasts complete', async () => {
    const series = epochSeries(all)
    assert.equal(series.length, EPOCHS)
    const { body } = await get('/metrics')
    assert.deepEqual(body, { data: series, shown: EPOCHS, total: EPOCHS })
    assert.equal(series[260]!.sparsity, 0.75)
    assert.equal((await get('/metrics?format=csv')).text, seriesToCsv(series))
    assert.deepEqual((await get('/layers')).body.layers, layerSeries(series))
    const file = await fetch(`${api.url}/v1/jobs/${jobId}/artifacts/metrics.jsonl`)
    assert.equal(await file.text(), series.map(epoch => `${JSON.stringify(epoch)}\n`).join(''))
    const job = await api.stores.jobs.require(jobId)
    const [run] = await api.stores.measurements.finishedRuns(job.spec.model)
    assert.deepEqual(run, finishedRun(job, all))
  })

  it('is stored once, also when several processes append to it', async () => {
    const other = await api.connectAgain()
    const { id } = await storeJob(api.stores, newJob({ epochs: 600 }))
    await startJob(api.stores, id)
    const epochs = Array.from({ length: 600 }, (_, index) => index + 1)
    const append = (epoch: number) =>
      appendEvent(epoch % 2 ? api.stores : other, id, 'epoch', epochMetrics(epoch))
    for (let first = 0; first < 600; first += 30)
      await Promise.all(epochs.slice(first, first + 30).map(append))
    const found = await api.stores.events.readEpochs(await api.stores.jobs.require(id))
    const ofEpochs = found.flatMap(event => (event.type === 'epoch' ? [event.data.epoch] : []))
    assert.equal(ofEpochs.length, 600)
    assert.deepEqual(
      ofEpochs.toSorted((a, b) => a - b),
      epochs,
    )
    assert.deepEqual(
      found.map(({ seq }) => seq),
      Array.from({ length: 601 }, (_, index) => index + 2),
    )
  })

  it('is deleted with its job', async () => {
    assert.equal(await api.stores.redis.exists(redisKeys.archive(jobId)), 1)
    assert.equal((await request(api.url).delete(`/v1/jobs/${jobId}`)).status, 204)
    assert.equal(await api.stores.redis.exists(redisKeys.archive(jobId), redisKeys.events(jobId)), 0)
  })
})
