import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'

/** Makes Redis answer MISCONF to every write, as it does on a full disk: its snapshot fails. @returns what ends that */
export async function refuseWrites(redis: Redis): Promise<() => Promise<void>> {
  const [, folder] = (await redis.config('GET', 'dir')) as [string, string]
  const inTheWay = join(folder, 'dump.rdb')
  await mkdir(inTheWay)
  await redis.config('SET', 'save', '3600 1000000')
  await redis.bgsave()
  while (!/rdb_last_bgsave_status:err/.test(await redis.info('persistence'))) await pause(20)
  return async () => {
    await redis.config('SET', 'save', '')
    await rm(inTheWay, { recursive: true })
  }
}
