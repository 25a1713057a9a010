import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type EmbeddedRedis, startEmbeddedRedis } from '#stores/embedded-redis.ts'
import { BackOff } from './back-off.ts'

/**
 * An embedded Redis that is restarted at the same address whenever it dies. Its clients reconnect, and its append-only file contains all
 * acknowledged writes. @throws Error if the first start fails
 */
export async function keepRedis(directory: string, logger: Logger): Promise<EmbeddedRedis> {
  const backOff = new BackOff()
  const stopping = new AbortController()
  let startedAt = Date.now()
  let restarting: Promise<void> = Promise.resolve()
  const onExit = (reason: string) => {
    restarting = restart(reason)
  }
  let current = await startEmbeddedRedis({ directory, onExit })
  const { url } = current

  async function restart(reason: string): Promise<void> {
    while (!stopping.signal.aborted) {
      const waitMs = backOff.next(Date.now() - startedAt)
      logger.error(`the embedded Redis ended: ${reason}; it will be restarted in ${waitMs / 1000} s`)
      await pause(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
      try {
        startedAt = Date.now()
        current = await startEmbeddedRedis({ directory, url, onExit })
        return
      } catch (error) {
        reason = (error as Error).message
      }
    }
  }

  return {
    url,
    async stop() {
      stopping.abort()
      await restarting
      await current.stop()
    },
  }
}
