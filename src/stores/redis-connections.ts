import type { Redis } from 'ioredis'
import type { RedisCredentials } from '#src/config.ts'
import { openConnection } from './open-connection.ts'
import { redisKeys } from './redis-keys.ts'
import { parseRedisUrl, type RedisLocation } from './redis-location.ts'
import { CLUSTER_PREFIX, type ConnectionOptions, redisOptions } from './redis-options.ts'

/** What BullMQ needs: it does not accept a connection that adds a prefix to keys, but adds its own prefix. */
export interface QueueConnection {
  connection: Redis
  prefix: string
}

/** The connections of this process to the Redis of the service, whether it is one server, has Sentinels or is a Cluster. */
export interface RedisConnections {
  /** For commands. */
  commands: Redis
  /** For subscriptions only. */
  subscriber: Redis
  /** For adding jobs to the queue. */
  queue: QueueConnection
  /** Another connection for commands. */
  duplicate(): Redis
  /** Another connection for taking jobs from the queue; BullMQ makes more of the same kind. */
  blocking(): QueueConnection
  /**
   * A connection for large values, which must not delay other commands.
   * @param url of another Redis. Of the credentials, only the TLS files apply to it: its user and password must be in the URL
   */
  bulk(url?: string): Redis
  close(): void
}

/** A Redis that does not answer must not block the callers of commands. */
const COMMANDS = { commandTimeout: 5_000 }
/** Subscriptions and BullMQ wait until Redis answers again. */
const PATIENT = { maxRetriesPerRequest: null }
const NO_PREFIX = { keyPrefix: '' }

/** @throws Error that names REDIS_URL if it is missing or wrong, or if Redis does not answer; it contains no password */
export async function connectRedis(
  url: string | undefined,
  credentials: RedisCredentials = { tls: {} },
): Promise<RedisConnections> {
  if (!url)
    throw new Error('REDIS_URL is not set. Set it, or use `npm start`, which starts an embedded Redis.')
  const { location, settings } = read(url, credentials)
  const opened: Redis[] = []
  const open = (...options: ConnectionOptions[]) => {
    const connection = openConnection(Object.assign({}, ...options))
    opened.push(connection)
    return connection
  }
  const commands = open(settings, COMMANDS, { lazyConnect: true })
  await connectOnce(commands, location)
  const subscriber = open(settings, PATIENT)
  const prefix = `${settings.keyPrefix ?? ''}${redisKeys.bull}`
  return {
    commands,
    subscriber,
    queue: { prefix, connection: settings.keyPrefix ? open(settings, COMMANDS, NO_PREFIX) : commands },
    duplicate: () => open(settings),
    blocking: () => ({ prefix, connection: open(settings, PATIENT, NO_PREFIX) }),
    bulk(elsewhere) {
      if (elsewhere === undefined) return open(settings, COMMANDS)
      const place = parseRedisUrl(elsewhere)
      return open(settingsOf(place, { tls: place.tls ? credentials.tls : {} }), COMMANDS)
    },
    close() {
      for (const connection of opened) connection.disconnect()
    },
  }
}

function read(url: string, credentials: RedisCredentials) {
  try {
    const location = parseRedisUrl(url)
    return { location, settings: settingsOf(location, credentials) }
  } catch (error) {
    throw new Error(`REDIS_URL is not valid: ${(error as Error).message}.`)
  }
}

function settingsOf(location: RedisLocation, credentials: RedisCredentials): ConnectionOptions {
  return {
    ...redisOptions(location, credentials),
    ...(location.kind === 'cluster' && { keyPrefix: CLUSTER_PREFIX }),
    maxRetriesPerRequest: 1,
  }
}

/** The errors of ioredis itself say only that the connection was closed, or that no Sentinel could be reached. */
async function connectOnce(redis: Redis, location: RedisLocation): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      let sentinelError: Error | undefined
      redis.on('sentinelError', error => {
        sentinelError = error
      })
      redis.once('error', error => reject(sentinelError ?? error))
      redis.connect().then(resolve, error => setImmediate(reject, error))
    })
    await checkKind(redis, location)
  } catch (cause) {
    redis.disconnect()
    // Without the cause: a log shows the messages of all causes, and its message is in this one.
    throw new Error(`Redis does not answer at REDIS_URL: ${explain(cause as Error, location)}`)
  }
}

/** A node of a Cluster, or a Sentinel, accepts the connection and then refuses the commands. */
async function checkKind(redis: Redis, { kind }: RedisLocation): Promise<void> {
  const mode = /^(?:redis|server)_mode:(\w+)/m.exec(await redis.info('server'))?.[1]
  if (kind === 'server' && mode === 'cluster')
    throw new Error('the server is a node of a Redis Cluster; use redis-cluster://')
  if (kind === 'server' && mode === 'sentinel')
    throw new Error('the server is a Sentinel; use redis-sentinel://host:port/primary-name')
}

function explain({ message }: Error, { kind, primaryName }: RedisLocation): string {
  if (kind === 'sentinel' && /invalid reply: null|No such master/.test(message))
    return `the Sentinels know no primary with the name ${primaryName}`
  return message
}
