import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Children, openChildren } from '#children/open-children.ts'
import type { Stores } from '#stores/connect.ts'
import { connectDefault } from './connect-default.ts'
import { startRedis } from './start-redis.ts'

export interface TestStores {
  stores: Stores
  children: Children
  redisUrl: string
  /** A second process's view of the same stores. */
  connectAgain(): Promise<Stores>
  stopRedis(): Promise<void>
  stop(): Promise<void>
}

/** A Redis and a blob store of the test's own, connected as the mains do. */
export async function startStores(kept: { historyEvents?: number } = {}): Promise<TestStores> {
  const redis = await startRedis()
  const blobs = await mkdtemp(join(tmpdir(), 'thresher-blobs-'))
  const connected: Stores[] = []
  const scratch = await mkdtemp(join(tmpdir(), 'thresher-scratch-'))
  const children = openChildren({ datasetsDir: '', scratch })
  const connectAgain = async () => {
    const stores = await connectDefault({
      redisUrl: redis.url,
      artifactUrl: pathToFileURL(blobs).href,
      ...kept,
    })
    connected.push(stores)
    return stores
  }
  return {
    stores: await connectAgain(),
    children,
    redisUrl: redis.url,
    connectAgain,
    stopRedis: () => redis.stop(),
    async stop() {
      await children.close()
      for (const stores of connected) await stores.close()
      await redis.stop()
      for (const folder of [blobs, scratch]) await rm(folder, { recursive: true, force: true })
    },
  }
}
