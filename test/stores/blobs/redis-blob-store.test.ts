import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { RedisBlobStore } from '#stores/blobs/redis-blob-store.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { startRedis } from '#test/support/start-redis.ts'

const CHUNK_KEYS = 'thresher:blob:*'
const MORE_THAN_A_CHUNK = 600_000

describe('blobs in Redis', () => {
  let server: Awaited<ReturnType<typeof startRedis>>
  let redis: Redis
  let store: RedisBlobStore
  before(async () => {
    server = await startRedis()
    redis = new Redis(server.url)
    store = new RedisBlobStore(redis)
  })
  beforeEach(() => redis.flushall())
  after(async () => {
    redis.disconnect()
    await server.stop()
  })

  const lifetimes = async () => Promise.all((await redis.keys(CHUNK_KEYS)).map(key => redis.ttl(key)))

  it('persist once they are published, and expire once they are deleted', async () => {
    const { sha256 } = await store.put('job_1', [Buffer.alloc(MORE_THAN_A_CHUNK)])
    assert.deepEqual(await lifetimes(), [-1, -1])
    await store.delete('job_1', sha256)
    const left = await lifetimes()
    assert.ok(left.length === 2 && left.every(seconds => seconds > 60))
  })

  it('are stored once, even if they are put several times', async () => {
    for (let i = 0; i < 3; i++) await store.put('job_1', [Buffer.from('same')])
    assert.deepEqual(await lifetimes(), [-1])
  })

  it('survive a publication that is sent twice', async () => {
    const twice = new RedisBlobStore(sendingScriptsTwice(redis))
    const { sha256 } = await twice.put('job_1', [Buffer.from('sent twice')])
    assert.deepEqual(await lifetimes(), [-1])
    await twice.put('job_1', [Buffer.from('sent twice')])
    await twice.delete('job_1', sha256)
    await assert.rejects(store.stat('job_1', sha256), BlobNotFoundError)
  })

  it('are all listed if they were stored while their namespace was deleted', async () => {
    await store.put('job_1', [Buffer.from('first')])
    await Promise.all([
      store.deleteAll('job_1'),
      ...['second', 'third'].map(text => store.put('job_1', [Buffer.from(text)])),
    ])
    let listed = 0
    for await (const _ of store.list()) listed++
    assert.deepEqual([listed, await redis.hlen(redisKeys.blobs('job_1'))], [2, 2])
  })

  it('do not expire while they are still being written', async t => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const content = async function* () {
      yield Buffer.alloc(MORE_THAN_A_CHUNK)
      for (const key of await redis.keys(CHUNK_KEYS)) await redis.expire(key, 5)
      t.mock.timers.tick(600_000)
      yield Buffer.alloc(MORE_THAN_A_CHUNK)
      assert.ok((await lifetimes()).every(seconds => seconds > 60))
    }
    await store.put('job_1', content())
  })

  it('are not published when one of their chunks is missing', async () => {
    const content = async function* () {
      yield Buffer.alloc(MORE_THAN_A_CHUNK)
      await redis.flushall()
      yield Buffer.alloc(MORE_THAN_A_CHUNK)
    }
    await assert.rejects(store.put('job_1', content()), /a chunk has expired/)
    assert.deepEqual(await redis.keys('*'), [])
  })

  it('leave nothing in a Redis that is out of memory, which is then not ready', async () => {
    await redis.config('SET', 'maxmemory', '4mb')
    await assert.rejects(store.put('job_1', [Buffer.alloc(8_000_000)]), /OOM/)
    assert.deepEqual(await lifetimes(), [])
    await store.ready()
    await redis.config('SET', 'maxmemory', '1')
    await assert.rejects(store.ready(), /OOM/)
    await redis.config('SET', 'maxmemory', '0')
  })
})

/** Sends every script twice, like a client whose connection breaks before the reply. */
function sendingScriptsTwice(redis: Redis): Redis {
  return new Proxy(redis, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'eval') return value.bind(target)
      return async (...args: unknown[]) => {
        await value.apply(target, args)
        return value.apply(target, args)
      }
    },
  })
}
