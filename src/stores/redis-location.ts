/** A server, a Sentinel or a node of a Cluster. */
export interface RedisAddress {
  host: string
  port: number
}

/** What REDIS_URL says: which servers to ask for the primary, and as whom. */
export interface RedisLocation {
  kind: 'socket' | 'server' | 'sentinel' | 'cluster'
  /** The path of a Unix socket. */
  path?: string
  /** The server, the Sentinels, or some nodes of the Cluster. */
  addresses: readonly RedisAddress[]
  /** The name under which the Sentinels know the primary. */
  primaryName?: string
  tls: boolean
  username?: string
  password?: string
  db?: number
}

/** Also those that only Sentinels and Clusters have: several addresses, which no URL parser accepts. */
const FORM =
  /^(?<scheme>rediss?)(?:-(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^@/?#]*)(?:\/(?<path>[^?#]*))?$/

const WITH_QUERY = /^rediss?(?:-sentinel|-cluster)?:\/\/[^?]*\?/

const NO_QUERY = `query options are not accepted. The number of the database follows the address, redis://host:6379/1, or the name of the \
primary, redis-sentinel://host:26379/primary-name/1. A ? in the user name or the password must be written as %3F`

const DEFAULT_PORTS = { server: 6379, cluster: 6379, sentinel: 26_379 }

const EXAMPLES = `a socket path, redis://user:password@host:6379/0, redis-sentinel://host:26379,host:26379/primary-name, \
redis-cluster://host:6379,host:6379; with TLS: rediss://, rediss-sentinel://, rediss-cluster://`

/** Whether a URL is one that `parseRedisUrl` reads. */
export function isRedisUrl(url: string): boolean {
  return /^rediss?(-\w+)?:/.test(url)
}

/** @throws Error that says what is wrong and which forms are valid; it does not repeat the URL, which may contain a password */
export function parseRedisUrl(url: string): RedisLocation {
  if (url.startsWith('/')) return { kind: 'socket', path: url, addresses: [], tls: false }
  const found = FORM.exec(url)?.groups
  if (!found && WITH_QUERY.test(url)) throw new Error(NO_QUERY)
  if (!found) throw new Error(`it has none of the valid forms: ${EXAMPLES}`)
  const kind = (found.kind ?? 'server') as 'server' | 'sentinel' | 'cluster'
  const addresses = (found.hosts ?? '').split(',').map(host => parseAddress(host, DEFAULT_PORTS[kind]))
  if (kind === 'server' && addresses.length > 1)
    throw new Error('redis:// has one address; redis-sentinel:// and redis-cluster:// have several')
  const tls = found.scheme === 'rediss'
  return { kind, addresses, tls, ...parseUser(found.user), ...parsePath(kind, found.path ?? '') }
}

function parseAddress(text: string, defaultPort: number): RedisAddress {
  // The URL parser checks the characters of a host, the range of a port and the brackets of IPv6.
  const parsed = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : undefined
  if (!parsed?.hostname) throw new Error('each address must be a host, or host:port with a port up to 65535')
  return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: Number(parsed.port || defaultPort) }
}

function parseUser(text: string | undefined): Pick<RedisLocation, 'username' | 'password'> {
  if (text === undefined) return {}
  const colon = text.indexOf(':')
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  try {
    return {
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    }
  } catch {
    throw new Error('a % in the user name or the password must be written as %25')
  }
}

/** The number of the database, and for Sentinel first the name of the primary. */
function parsePath(kind: RedisLocation['kind'], path: string): Pick<RedisLocation, 'primaryName' | 'db'> {
  const parts = path === '' ? [] : path.split('/')
  const primaryName = kind === 'sentinel' ? parts.shift() : undefined
  if (kind === 'sentinel' && !primaryName)
    throw new Error(
      'redis-sentinel:// must end with the name of the primary: redis-sentinel://host:26379/primary-name',
    )
  const [db = '0', ...more] = parts
  if (more.length > 0 || !/^\d*$/.test(db))
    throw new Error('after the addresses, only the number of a database may follow')
  if (kind === 'cluster' && Number(db) !== 0) throw new Error('a Redis Cluster has only the database 0')
  return { ...(primaryName && { primaryName: decodeURIComponent(primaryName) }), db: Number(db) }
}
