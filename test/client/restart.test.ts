import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type JobFrame, Thresher } from '@thresher/client'
import { WebSocket } from 'ws'
import { connectDefault } from '#test/support/connect-default.ts'
import { appendEvent, epochMetrics, startNewJob, succeed } from '#test/support/drive-job.ts'
import { startHostileLine } from '#test/support/hostile-line.ts'
import { startPart } from '#test/support/start-part.ts'
import { startRedis } from '#test/support/start-redis.ts'

it('watching continues over two kills of the api, and every event arrives once', async t => {
  const redis = await startRedis()
  const dataDir = await mkdtemp(join(tmpdir(), 'thresher-restart-'))
  const environment = { REDIS_URL: redis.url, DATA_DIR: dataDir, ARTIFACT_URL: pathToFileURL(dataDir).href }
  let api = await startPart('src/main.ts', environment)
  // The same address over all restarts, as behind a load balancer.
  const line = await startHostileLine(() => api.url)
  const stores = await connectDefault({ redisUrl: redis.url, artifactUrl: environment.ARTIFACT_URL })
  t.after(async () => {
    await line.close()
    await stores.close()
    await api.stop()
    await redis.stop()
    await rm(dataDir, { recursive: true })
  })
  const restart = async () => {
    process.kill(api.pid, 'SIGKILL')
    api = await startPart('src/main.ts', environment)
  }

  const id = await startNewJob(stores)
  const client = new Thresher({ url: line.url, WebSocket })
  const seen: Record<'events' | 'socket', JobFrame[]> = { events: [], socket: [] }
  const watching = [
    follow(client.jobs.watch(id), seen.events),
    follow(client.stream().watch(id), seen.socket),
  ]
  for (let epoch = 1; epoch <= 3; epoch++) {
    const last = await appendEvent(stores, id, 'epoch', epochMetrics(epoch))
    // The next kill comes after both have this event, so that it breaks connections that work.
    for (const frames of Object.values(seen))
      while (!frames.some(frame => 'seq' in frame && frame.seq === last.job.lastSeq)) await tick()
    if (epoch < 3) await restart()
  }
  await succeed(stores, id)
  await Promise.all(watching)
  for (const frames of Object.values(seen)) {
    assert.deepEqual(
      frames.flatMap(frame => ('seq' in frame ? frame.seq : [])),
      [1, 2, 3, 4, 5, 6],
    )
    assert.ok(frames.filter(({ type }) => type === 'snapshot').length >= 3)
    assert.equal(frames.at(-1)?.type, 'end')
  }
})

async function follow(frames: AsyncIterable<JobFrame>, seen: JobFrame[]): Promise<void> {
  for await (const frame of frames) seen.push(frame)
}

function tick(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 20))
}
