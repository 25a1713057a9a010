import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { connect, type World } from '#infra/connect.ts'
import { createApp } from '#src/app.ts'
import { startRedis } from '#test/start-redis.ts'

export interface Api {
  app: FastifyInstance
  world: World
  url: string
  redis: { url: string; stop(): Promise<void> }
  stop(): Promise<void>
}

/** The api on a port of its own, over a Redis and a blob store of its own. */
export async function startApi(options: { adminKey?: string } = {}): Promise<Api> {
  const redis = await startRedis()
  const blobs = await mkdtemp(join(tmpdir(), 'thresher-blobs-'))
  const world = await connect({ redisUrl: redis.url, artifactUrl: pathToFileURL(blobs).href })
  const app = await createApp(world, options)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return {
    app,
    world,
    redis,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await app.close()
      await world.close()
      await redis.stop()
      await rm(blobs, { recursive: true, force: true })
    },
  }
}
