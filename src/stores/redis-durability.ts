import type { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** Logs a warning if the configuration of Redis allows it to lose jobs that the api has accepted with 201. */
export async function checkRedisDurability(redis: Redis, logger: Logger): Promise<void> {
  const info = `${await redis.info('persistence')}${await redis.info('memory')}`
  if (/^aof_enabled:0/m.test(info)) {
    logger.warn('Redis keeps no append-only file: a crash loses jobs. Set `appendonly yes`.')
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  if (policy !== undefined && policy !== 'noeviction') {
    logger.warn(`Redis may evict jobs: maxmemory-policy is ${policy}. Set \`maxmemory-policy noeviction\`.`)
  }
}
