import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { startNewJob, succeed } from '#test/support/drive-job.ts'
import { type Api, startApi } from '#test/support/start-api.ts'
import { storeJob } from '#test/support/store-job.ts'

const KEY = 'thr_test_0123456789abcdef'

describe('GET /metrics', () => {
  let api: Api
  before(async () => {
    api = await startApi({ adminKey: KEY })
  })
  after(() => api.stop())

  const samples = async () => {
    const { status, headers, text } = await request(api.url)
      .get('/metrics')
      .set({ authorization: `Bearer ${KEY}` })
    assert.equal(status, 200, text)
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    return text.split('\n')
  }

  it('has one sample for each status, and counts the jobs that are in it', async () => {
    assert.ok((await samples()).includes('thresher_jobs{status="queued"} 0'))
    await storeJob(api.stores)
    await startNewJob(api.stores)
    await succeed(api.stores, await startNewJob(api.stores))
    const lines = (await samples()).filter(line => line.startsWith('thresher_jobs{'))
    const counts = { queued: 1, running: 1, succeeded: 1 } as Record<string, number>
    const statuses = ['queued', 'running', 'restarting', 'pausing', 'paused', 'cancelling']
    const expected = [...statuses, 'succeeded', 'failed', 'cancelled'].map(
      status => `thresher_jobs{status="${status}"} ${counts[status] ?? 0}`,
    )
    assert.deepEqual(lines, expected)
  })

  it('has one sample for each live worker, with escaped labels and whether it trains', async () => {
    const startedAt = new Date().toISOString()
    const worker = { host: 'a', pid: 1, engine: 'native', engineVersion: '1', threads: 1, startedAt }
    await api.stores.workers.beat({ ...worker, id: 'worker_a', device: 'a "GPU"\\0' })
    await api.stores.workers.beat({ ...worker, id: 'worker_b', device: 'cpu', jobId: 'job_x' })
    const lines = (await samples()).filter(line => line.startsWith('thresher_worker'))
    assert.deepEqual(lines.sort(), [
      'thresher_worker_busy{id="worker_a",engine="native",device="a \\"GPU\\"\\\\0"} 0',
      'thresher_worker_busy{id="worker_b",engine="native",device="cpu"} 1',
    ])
  })

  it('describes every gauge before its samples', async () => {
    const lines = await samples()
    for (const name of ['thresher_jobs', 'thresher_worker_busy']) {
      const at = lines.indexOf(`# TYPE ${name} gauge`)
      assert.match(lines[at - 1]!, new RegExp(`^# HELP ${name} \\w`))
      assert.ok(lines.findIndex(line => line.startsWith(`${name}{`)) > at)
    }
  })

  it('needs a key', async () => {
    assert.equal((await request(api.url).get('/metrics')).status, 401)
  })
})
