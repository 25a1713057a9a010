import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { connect, type World } from '#stores/connect.ts'
import { startRedis } from './start-redis.ts'

export interface TestWorld {
  world: World
  redisUrl: string
  /** A second process's view of the same world. */
  connectAgain(): Promise<World>
  stopRedis(): Promise<void>
  stop(): Promise<void>
}

/** A Redis and a blob store of the test's own, connected as the mains do. */
export async function startWorld(): Promise<TestWorld> {
  const redis = await startRedis()
  const blobs = await mkdtemp(join(tmpdir(), 'thresher-blobs-'))
  const connected: World[] = []
  const connectAgain = async () => {
    const world = await connect({ redisUrl: redis.url, artifactUrl: pathToFileURL(blobs).href })
    connected.push(world)
    return world
  }
  return {
    world: await connectAgain(),
    redisUrl: redis.url,
    connectAgain,
    stopRedis: () => redis.stop(),
    async stop() {
      for (const world of connected) await world.close()
      await redis.stop()
      await rm(blobs, { recursive: true, force: true })
    },
  }
}
