import { Redis, type RedisOptions } from 'ioredis'
import type { Config } from '#src/config.ts'
import { type BlobStore, connectBlobStore } from './blob-store.ts'
import { JobControl } from './job-control.ts'
import { JobEvents } from './job-events.ts'
import { JobQueue } from './job-queue.ts'
import { JobStore } from './job-store.ts'
import { redisKeys } from './redis-keys.ts'
import { WorkerRegistry } from './worker-registry.ts'

/** Everything outside a process that it uses, connected. */
export interface World {
  redis: Redis
  jobs: JobStore
  events: JobEvents
  queue: JobQueue
  control: JobControl
  workers: WorkerRegistry
  blobs: BlobStore
  /** Whether this process may do a duty for the next `durationMs`; nobody else may meanwhile. */
  lease(duty: string, durationMs: number): Promise<boolean>
  /** A further connection of the same kind; `connect` closes it too. */
  duplicate(options?: RedisOptions): Redis
  close(): Promise<void>
}

/**
 * Connects to Redis and the blob store. Only the mains call this.
 * @throws Error when REDIS_URL is missing or Redis does not answer
 */
export async function connect(config: Pick<Config, 'redisUrl' | 'artifactUrl'>): Promise<World> {
  if (!config.redisUrl) throw new Error('REDIS_URL is not set; `npm start` brings a Redis of its own.')
  const redis = new Redis(config.redisUrl, { maxRetriesPerRequest: 1, lazyConnect: true })
  const opened = [redis]
  redis.on('error', () => {})
  const duplicate = (options: RedisOptions = {}) => {
    const connection = redis.duplicate({ lazyConnect: false, ...options })
    connection.on('error', () => {})
    opened.push(connection)
    return connection
  }
  await redis.connect()
  const subscriber = duplicate({ maxRetriesPerRequest: null })
  const queue = new JobQueue(redis)
  return {
    redis,
    jobs: new JobStore(redis),
    events: new JobEvents(redis, subscriber),
    queue,
    control: new JobControl(redis, subscriber),
    workers: new WorkerRegistry(redis),
    blobs: connectBlobStore(config.artifactUrl),
    lease: async (duty, durationMs) =>
      (await redis.set(redisKeys.lease(duty), process.pid, 'PX', durationMs, 'NX')) === 'OK',
    duplicate,
    async close() {
      await queue.close()
      for (const connection of opened) connection.disconnect()
    },
  }
}
