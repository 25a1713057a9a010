import type { RedisOptions } from 'ioredis'
import type { RedisCredentials } from '#src/config.ts'
import { clusterConnector } from './cluster-connector.ts'
import { ClusterNodes } from './cluster-nodes.ts'
import type { RedisLocation } from './redis-location.ts'

/** The options that callers may set; the stores read replies in the form of RESP2. */
export type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>

/** In a Redis Cluster, all keys have this prefix. The braces put them into one slot, which scripts and transactions require. */
export const CLUSTER_PREFIX = '{thresher}:'

/** The answers of a server that is no longer the primary: the connection is closed and made again, to the new one. */
const NO_LONGER_PRIMARY = /^(READONLY|MOVED|UNBLOCKED) /

/**
 * The options of every connection to the Redis at a location. Whenever such a connection is lost, it asks the Sentinels or the nodes of
 * the Cluster for the primary.
 * @throws Error if there are TLS files and the location does not use TLS
 */
export function redisOptions(location: RedisLocation, credentials: RedisCredentials): ConnectionOptions {
  const { username, password = credentials.password } = location
  return {
    ...serversOf(location, credentials),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    reconnectOnError: ({ message }) => NO_LONGER_PRIMARY.test(message),
  }
}

function serversOf(location: RedisLocation, credentials: RedisCredentials): ConnectionOptions {
  const { kind, path, addresses, primaryName, db = 0 } = location
  const tls = tlsOf(location, credentials)
  switch (kind) {
    case 'socket':
      return { path: path! }
    case 'server':
      return { ...addresses[0], db, ...(tls && { tls }) }
    case 'cluster':
      return { Connector: clusterConnector(new ClusterNodes(addresses), CLUSTER_PREFIX), ...(tls && { tls }) }
    case 'sentinel':
      return {
        sentinels: [...addresses],
        name: primaryName!,
        db,
        ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
        ...(credentials.sentinelUsername && { sentinelUsername: credentials.sentinelUsername }),
        ...(credentials.sentinelPassword && { sentinelPassword: credentials.sentinelPassword }),
      }
  }
}

function tlsOf({ tls }: RedisLocation, credentials: RedisCredentials): RedisCredentials['tls'] | undefined {
  if (tls) return credentials.tls
  // Otherwise an operator would believe that the connection is encrypted.
  if (Object.keys(credentials.tls).length > 0)
    throw new Error(
      'the REDIS_TLS_* files require a URL with TLS: rediss://, rediss-sentinel:// or rediss-cluster://',
    )
  return undefined
}
