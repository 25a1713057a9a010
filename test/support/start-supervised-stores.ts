import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Stores } from '#stores/connect.ts'
import { connectDefault } from './connect-default.ts'
import { startRedis } from './start-redis.ts'
import { type SupervisorProcess, startSupervisor } from './start-supervisor.ts'

export interface SupervisedStores {
  stores: Stores
  dataDir: string
  redisUrl: string
  /** Starts a real supervisor over these stores. */
  start(environment?: { WORKER_MEMORY_MB?: string }): Promise<SupervisorProcess>
  /** The supervisors must have ended. */
  stop(): Promise<void>
}

/** A Redis, a folder for blobs, and the stores of the default tenant in them. */
export async function startSupervisedStores(): Promise<SupervisedStores> {
  const redis = await startRedis()
  const dataDir = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  const artifactUrl = pathToFileURL(join(dataDir, 'blobs')).href
  const stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
  return {
    stores,
    dataDir,
    redisUrl: redis.url,
    start: (environment = {}) =>
      startSupervisor(stores, { DATA_DIR: dataDir, REDIS_URL: redis.url, ...environment }),
    async stop() {
      await stores.close()
      await redis.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
