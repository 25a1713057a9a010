import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { endsJob, type JobEvent } from '#domain/event.ts'
import { appendEvent, epochMetrics, startJob, succeed } from '#test/support/drive-job.ts'
import { startStores, type TestStores } from '#test/support/start-stores.ts'
import { storeJob } from '#test/support/store-job.ts'

describe('following a job', () => {
  let test: TestStores
  before(async () => {
    test = await startStores()
  })
  after(() => test.stop())
  const create = () => storeJob(test.stores)
  const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

  /** Follows the job to its end and returns the seqs in the order of arrival. */
  async function followed(job: Parameters<TestStores['stores']['events']['follow']>[0], after = 0) {
    const seqs: number[] = []
    const end = new AbortController()
    const follower = {
      onGap() {},
      onEvent(event: JobEvent) {
        seqs.push(event.seq)
        if (endsJob(event)) end.abort()
      },
      onProgress() {},
      room: async () => {},
    }
    await test.stores.events.follow(job, after, follower, end.signal)
    return seqs
  }

  it('delivers every event once and in order while the connections break repeatedly', async () => {
    const job = await create()
    const writer = await test.connectAgain()
    const following = Promise.all([followed(job), followed(job), followed(job, 50)])
    await startJob(writer, job.id)
    for (let epoch = 1; epoch <= 300; epoch++) {
      await appendEvent(writer, job.id, 'epoch', epochMetrics(epoch))
      if (epoch % 25 === 0) await writer.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      if (epoch % 60 === 0) await writer.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    }
    await succeed(writer, job.id)
    const [first, second, late] = await following
    assert.deepEqual(first, upTo(303))
    assert.deepEqual(second, upTo(303))
    assert.deepEqual(late, upTo(303).slice(50))
  })

  it('leaves the history in Redis until the follower has room', async () => {
    const job = await create()
    await startJob(test.stores, job.id)
    for (let epoch = 1; epoch <= 30; epoch++)
      await appendEvent(test.stores, job.id, 'epoch', epochMetrics(epoch))
    const seqs: number[] = []
    const end = new AbortController()
    let makeRoom = () => {}
    let filled = () => {}
    const isFull = new Promise<void>(resolve => {
      filled = resolve
    })
    const room = new Promise<void>(resolve => {
      makeRoom = resolve
    })
    const following = test.stores.events.follow(
      job,
      0,
      {
        onGap() {},
        onEvent(event) {
          seqs.push(event.seq)
          if (seqs.length === 10) filled()
          if (endsJob(event)) end.abort()
        },
        onProgress() {},
        room: async () => (seqs.length >= 10 ? room : undefined),
      },
      end.signal,
    )
    await isFull
    await succeed(test.stores, job.id)
    assert.equal(seqs.length, 10)
    makeRoom()
    await following
    assert.deepEqual(seqs, upTo(33))
  })

  it('unsubscribes when the last follower of a job has stopped', async () => {
    const channels = async () => await test.stores.redis.call('PUBSUB', 'CHANNELS', 'thresher:live:*')
    const job = await create()
    const ends = [new AbortController(), new AbortController()]
    let queued = 0
    const bothThere = new Promise<void>(resolve => {
      const onEvent = () => {
        queued++
        if (queued === 2) resolve()
      }
      const follower = { onEvent, onGap() {}, onProgress() {}, room: async () => {} }
      followings = ends.map(({ signal }) => test.stores.events.follow(job, 0, follower, signal))
    })
    await bothThere
    ends[0]!.abort()
    await followings[0]
    assert.deepEqual(await channels(), [`thresher:live:${job.id}`])
    ends[1]!.abort()
    await followings[1]
    assert.deepEqual(await channels(), [])
  })
  let followings: Promise<void>[]
})
