import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { startPart } from '#test/support/start-part.ts'
import { startReceiver } from '#test/support/start-receiver.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { post } from '#test/support/watch-job.ts'

const JOBS = 30

let redis: Awaited<ReturnType<typeof startRedis>>
let dataDir: string
before(async () => {
  redis = await startRedis()
  dataDir = await mkdtemp(join(tmpdir(), 'thresher-webhooks-'))
})
after(async () => {
  await redis.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const startApi = () =>
  startPart('src/main.ts', {
    REDIS_URL: redis.url,
    DATA_DIR: dataDir,
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
  })

it('every event is delivered although the api is killed while it delivers them', async () => {
  let isKilled = false
  const answered = new Map<string, Set<string>>()
  const jobIds: string[] = []
  let onAnswer = () => {}
  const allAnswered = new Promise<void>(resolve => {
    onAnswer = () => {
      if (jobIds.length === JOBS && jobIds.every(id => answered.has(id))) resolve()
    }
  })
  // Until the kill, every second request is left without an answer, so that deliveries are in progress then.
  const receiver = await startReceiver((response, { body, headers }, count) => {
    if (!isKilled && count % 2 === 0) return
    response.writeHead(204).end()
    const { jobId } = JSON.parse(body).data
    answered.set(jobId, (answered.get(jobId) ?? new Set()).add(String(headers['webhook-id'])))
    onAnswer()
  })
  const first = await startApi()
  await post(first.url, '/v1/webhooks', { url: receiver.url, types: ['job.cancelled'] })
  for (let count = 0; count < JOBS; count++) {
    const { body: job } = await post(first.url, '/v1/jobs', { model: { preset: 'mnist-mlp' } })
    jobIds.push(job.id)
  }
  await Promise.all(jobIds.map(id => post(first.url, `/v1/jobs/${id}/cancel`, {})))
  await receiver.arrived(7)
  process.kill(first.pid, 'SIGKILL')
  isKilled = true
  const second = await startApi()
  await allAnswered
  for (const [jobId, ids] of answered) assert.equal(ids.size, 1, `${jobId} has one id in all attempts`)
  assert.equal(answered.size, JOBS)
  await second.stop()
  await receiver.close()
})
