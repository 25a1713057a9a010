import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { WebSocket } from 'ws'
import type { NewEvent } from '#domain/event.ts'
import { begin } from '#domain/job-decisions.ts'
import { finishedJob, newAnalysis } from '#test/support/finished-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

describe('analyses', () => {
  let api: Api
  before(async () => {
    api = await startApi()
  })
  after(() => api.stop())

  const get = (path: string, headers = {}) => request(api.url).get(path).set(headers)
  const append = (id: string, event: object) =>
    api.stores.analyses.append(id, ({ attempt }) => [{ attempt, ...event } as NewEvent])

  /** An analysis that a worker has begun. */
  async function startedAnalysis(): Promise<string> {
    const { id } = await newAnalysis(api.stores, await finishedJob(api.stores))
    await api.stores.analyses.append(id, begin({ id: 'worker_test', engine: 'native', device: 'cpu' }))
    return id
  }

  it('are watched like jobs: a snapshot, every event, progress, and an end', async () => {
    const id = await startedAnalysis()
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/analyses/${id}/stream`)
    const frames: Record<string, unknown>[] = []
    socket.on('message', async data => {
      const frame = JSON.parse(String(data))
      frames.push(frame)
      if (frame.type === 'started')
        await api.stores.events.publishProgress({
          type: 'progress',
          analysisId: id,
          attempt: 1,
          done: 1,
          total: 4,
        })
      if (frame.type === 'progress') await append(id, { type: 'succeeded', data: { peakMemoryBytes: 7 } })
    })
    const [code] = await once(socket, 'close')
    assert.equal(code, 1000)
    const [snapshot, ...rest] = frames as [{ analysis: object; lastSeq: number }, ...typeof frames]
    assert.deepEqual([snapshot.lastSeq, (snapshot.analysis as { id: string }).id], [2, id])
    assert.deepEqual(
      rest.map(({ type, seq }) => [type, seq]),
      [
        ['queued', 1],
        ['started', 2],
        ['progress', undefined],
        ['succeeded', 3],
        ['end', undefined],
      ],
    )
    assert.deepEqual(rest[2], { type: 'progress', analysisId: id, attempt: 1, done: 1, total: 4 })
    assert.equal(rest[3]!.analysisId, id)
    const text = (await get(`/v1/analyses/${id}/events`, { accept: 'text/event-stream' })).text
    assert.match(text, /id: 3\nevent: succeeded\ndata: /)
    const { status } = await get(`/v1/analyses/${id}/events?after=3`, { accept: 'text/event-stream' })
    assert.equal(status, 204)
    const page = (await get(`/v1/analyses/${id}/events?limit=2`)).body
    assert.deepEqual([page.data.length, page.nextAfter], [2, '2'])
  })

  it('show their progress while they run', async () => {
    const id = await startedAnalysis()
    await api.stores.events.publishProgress({
      type: 'progress',
      analysisId: id,
      attempt: 1,
      done: 3,
      total: 4,
    })
    const { progress } = (await get(`/v1/analyses/${id}`)).body
    assert.deepEqual(progress, { fraction: 0.75, done: 3, total: 4 })
  })

  it('close the stream of an analysis that does not exist with 4404', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/v1/analyses/analysis_x/stream`)
    assert.equal((await once(socket, 'close'))[0], 4404)
  })
})
