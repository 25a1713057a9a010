import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedRedis, startEmbeddedRedis } from '#stores/embedded-redis.ts'

/** A Redis of the test's own, empty, on a socket that nobody else knows; `stop` leaves nothing behind. */
export async function startRedis(): Promise<EmbeddedRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'thresher-test-'))
  const redis = await startEmbeddedRedis({ directory })
  return {
    url: redis.url,
    async stop() {
      await redis.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
