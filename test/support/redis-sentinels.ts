import { setTimeout as pause } from 'node:timers/promises'
import { type RedisServer, type ServerOptions, startRedisServer } from './redis-server.ts'

const SENTINELS = 3

export interface WatchedRedis {
  /** The addresses of the Sentinels, as in REDIS_URL. */
  addresses: string
  /** The name of the primary. */
  name: string
  primary: RedisServer
  replica: RedisServer
  sentinels: readonly RedisServer[]
  stop(): Promise<void>
}

/** A primary and its replica, watched by three Sentinels that elect the replica after two seconds without an answer of the primary. */
export async function startWatchedRedis(
  options: ServerOptions & { sentinelSettings?: readonly string[] } = {},
): Promise<WatchedRedis> {
  const name = 'jobs'
  const primary = await startRedisServer(options)
  const replica = await startRedisServer({
    ...options,
    settings: [...(options.settings ?? []), `replicaof 127.0.0.1 ${primary.port}`],
  })
  await untilMatch(() => replica.admin.info('replication'), /master_link_status:up/)
  const settings = [
    `sentinel monitor ${name} 127.0.0.1 ${primary.port} 2`,
    `sentinel down-after-milliseconds ${name} 2000`,
    `sentinel failover-timeout ${name} 5000`,
    ...(options.sentinelSettings ?? []),
  ]
  const sentinels = await Promise.all(
    Array.from({ length: SENTINELS }, () => startRedisServer({ ...options, settings, isSentinel: true })),
  )
  for (const { admin } of sentinels)
    await untilMatch(() => admin.info('sentinel'), new RegExp(`slaves=1,sentinels=${SENTINELS}`))
  return {
    addresses: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(','),
    name,
    primary,
    replica,
    sentinels,
    async stop() {
      await Promise.all([primary, replica, ...sentinels].map(server => server.stop()))
    },
  }
}

async function untilMatch(info: () => Promise<string>, expected: RegExp): Promise<void> {
  while (!expected.test(await info())) await pause(50)
}
