import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import {
  AuthenticationError,
  type ClientOptions,
  type JobFrame,
  NotFoundError,
  Thresher,
  type ThresherError,
} from '@thresher/client'
import { WebSocket } from 'ws'
import { appendEvent, epochMetrics, startNewJob, succeed } from '#test/support/drive-job.ts'
import { type Fault, startHostileLine } from '#test/support/hostile-line.ts'
import { type Api, startApi } from '#test/support/start-api.ts'

interface Options {
  after?: number
  signal?: AbortSignal
  silenceMs?: number
  onInterruption?: (error: ThresherError) => void
}

type Watch = (client: Thresher, id: string, options?: Options) => AsyncIterable<JobFrame>

const WAYS: Record<string, Watch> = {
  'jobs.watch': (client, id, options) => client.jobs.watch(id, options),
  'stream().watch': (client, id, { after, signal, ...options } = {}) =>
    client.stream(options).watch(id, { ...(after !== undefined && { after }), ...(signal && { signal }) }),
}

const clientOf = (options: ClientOptions) => new Thresher({ WebSocket, ...options })
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
const seqsOf = (frames: readonly JobFrame[]) => frames.flatMap(frame => ('seq' in frame ? frame.seq : []))

async function collect(frames: AsyncIterable<JobFrame>): Promise<JobFrame[]> {
  const seen: JobFrame[] = []
  for await (const frame of frames) seen.push(frame)
  return seen
}

/** Calls `act` with every frame, and returns them all at the end. */
async function follow(frames: AsyncIterable<JobFrame>, act: (frame: JobFrame) => unknown) {
  const seen: JobFrame[] = []
  for await (const frame of frames) {
    seen.push(frame)
    await act(frame)
  }
  return seen
}

for (const [way, watch] of Object.entries(WAYS))
  describe(way, () => {
    let api: Api
    before(async () => {
      api = await startApi({ historyEvents: 20 })
    })
    after(() => api.stop())

    const epochs = async (id: string, last: number, first = 1) => {
      for (const epoch of upTo(last, first)) await appendEvent(api.stores, id, 'epoch', epochMetrics(epoch))
    }
    const lineTo = async (t: TestContext, faultOf?: (connection: number) => Fault | 'refuse' | undefined) => {
      const line = await startHostileLine(api.url, faultOf)
      t.after(() => line.close())
      return line
    }

    it('yields a snapshot, every event after a seq, and the end', async () => {
      const id = await startNewJob(api.stores)
      await epochs(id, 3)
      await succeed(api.stores, id)
      for (const after of [0, 3, 6]) {
        const frames = await collect(watch(clientOf({ url: api.url }), id, { after }))
        assert.equal(frames[0]?.type, 'snapshot')
        assert.deepEqual(seqsOf(frames), upTo(6, after + 1))
        const end = frames.at(-1)
        assert.ok(end?.type === 'end')
        assert.deepEqual([end.status, end.lastSeq], ['succeeded', 6])
      }
    })

    it('continues with live events and progress', async () => {
      const id = await startNewJob(api.stores)
      const progress = {
        jobId: id,
        attempt: 1,
        epoch: 1,
        step: 5,
        stepsPerEpoch: 469,
        loss: 1,
        examplesPerSecond: 9,
      }
      const frames = await follow(watch(clientOf({ url: api.url }), id), async frame => {
        if (frame.type === 'started')
          await api.stores.events.publishProgress({ type: 'progress', ...progress })
        if (frame.type === 'progress') await epochs(id, 1)
        if (frame.type === 'epoch') await succeed(api.stores, id)
      })
      assert.deepEqual(
        frames.map(({ type }) => type),
        ['snapshot', 'queued', 'started', 'progress', 'epoch', 'succeeded', 'end'],
      )
    })

    for (const ending of ['reset', 'end', 'stall'] as const)
      it(`misses no event and repeats none over connections that break: ${ending}`, async t => {
        const id = await startNewJob(api.stores)
        // Not a multiple of an event, so that most connections break in the middle of one.
        const line = await lineTo(t, n => (n < 6 ? { afterBytes: 1700 + 331 * n, ending } : undefined))
        const interruptions: ThresherError[] = []
        const options = {
          silenceMs: 300,
          onInterruption: (error: ThresherError) => interruptions.push(error),
        }
        const writing = epochs(id, 15).then(() => succeed(api.stores, id))
        const frames = await collect(watch(clientOf({ url: line.url, timeoutMs: 300 }), id, options))
        await writing
        assert.deepEqual(seqsOf(frames), upTo(18))
        assert.equal(frames.at(-1)?.type, 'end')
        assert.ok(interruptions.length >= 2, `${interruptions.length} interruptions`)
        assert.equal(frames.filter(({ type }) => type === 'end').length, 1)
      })

    it('yields a gap for events that were trimmed', async () => {
      const id = await startNewJob(api.stores)
      await epochs(id, 200)
      await succeed(api.stores, id)
      const frames = await collect(watch(clientOf({ url: api.url }), id))
      const gap = frames.find(frame => frame.type === 'gap')
      assert.ok(gap?.type === 'gap')
      assert.deepEqual(seqsOf(frames), [...upTo(gap.from - 1), ...upTo(203, gap.to + 1)])
    })

    it('ends with the error of a job that does not exist, or was deleted while the connection was broken', async t => {
      const client = clientOf({ url: api.url })
      await assert.rejects(collect(watch(client, 'job_none')), NotFoundError)
      const id = await startNewJob(api.stores)
      const line = await lineTo(t)
      const watching = follow(watch(clientOf({ url: line.url }), id), async frame => {
        if (frame.type !== 'started') return
        line.reset()
        await succeed(api.stores, id)
        await client.jobs.delete(id)
      })
      await assert.rejects(watching, NotFoundError)
    })

    it('ends with the reason of its signal, during a frame, during silence and during a pause', async t => {
      const id = await startNewJob(api.stores)
      const [live, dead] = [await lineTo(t), await lineTo(t, () => 'refuse')]
      for (const { url } of [live, dead]) {
        const stop = new AbortController()
        setTimeout(() => stop.abort(new Error('the page was left')), 100)
        await assert.rejects(
          collect(watch(clientOf({ url }), id, { signal: stop.signal })),
          /the page was left/,
        )
        const aborted = collect(watch(clientOf({ url }), id, { signal: stop.signal }))
        await assert.rejects(aborted, /the page was left/)
      }
    })
  })

describe('the end of a key', () => {
  for (const [way, watch] of Object.entries(WAYS))
    it(`ends ${way} with an error`, async t => {
      const adminKey = 'operators-0123456789'
      const api = await startApi({ adminKey })
      t.after(() => api.stop())
      const id = await startNewJob(api.stores)
      const admin = clientOf({ url: api.url, key: adminKey })
      const { id: keyId, key } = await admin.keys.create({
        name: 'reader',
        scopes: ['read'],
        tenant: 'default',
      })
      const watching = follow(watch(clientOf({ url: api.url, key }), id), async frame => {
        if (frame.type === 'started') await admin.keys.revoke(keyId)
      })
      await assert.rejects(watching, AuthenticationError)
    })
})

it('a stream watches again in the moment in which its last watch ends', async t => {
  const api = await startApi()
  t.after(() => api.stop())
  const id = await startNewJob(api.stores)
  const stream = clientOf({ url: api.url }).stream()
  const first = stream.watch(id)
  await first.next()
  const [, again] = await Promise.all([first.return(), stream.watch(id).next()])
  assert.equal(again.value?.type, 'snapshot')
  const closed = collect(stream.watch(id))
  stream.close()
  await assert.rejects(closed, /The stream was closed\./)
})

it('a stream explains what it needs in a Node without WebSocket', {
  skip: 'WebSocket' in globalThis,
}, async () => {
  const stream = new Thresher({ url: 'http://127.0.0.1:1' }).stream()
  await assert.rejects(collect(stream.watch('job_1')), /needs a WebSocket.*Use Node 22, or pass/)
})

it('leaves nothing behind that keeps a process running', async t => {
  const api = await startApi()
  t.after(() => api.stop())
  const id = await startNewJob(api.stores)
  const program = `
    import { Thresher } from '@thresher/client'
    import { WebSocket } from 'ws'
    const [url, id] = process.argv.slice(1)
    const client = new Thresher({ url, WebSocket })
    const stream = client.stream()
    for (const watch of [options => client.jobs.watch(id, options), options => stream.watch(id, options)]) {
      for await (const { type } of watch({})) if (type === 'started') break
      const stop = new AbortController()
      const reason = await (async () => {
        for await (const { type } of watch({ signal: stop.signal })) if (type === 'started') stop.abort('left')
      })().catch(error => error)
      console.log(reason)
    }
  `
  const line = await startHostileLine(api.url)
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program, line.url, id]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  assert.equal(stdout, 'left\nleft\n')
  await line.close()
})
