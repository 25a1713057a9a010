import { Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from './redis-location.ts'

const ANSWER_MS = 2_000

type Credentials = Pick<RedisOptions, 'username' | 'password' | 'tls'>

/** The nodes of a Redis Cluster that are known at the moment. */
export class ClusterNodes {
  readonly #seeds: readonly RedisAddress[]
  #nodes: readonly RedisAddress[]
  #turn = -1

  /** @param seeds some nodes of the Cluster; the others are found through them */
  constructor(seeds: readonly RedisAddress[]) {
    this.#seeds = seeds
    this.#nodes = seeds
  }

  /**
   * The primary that serves a key. Each call asks another node first, because a node that is cut off from the others knows only an
   * earlier primary.
   * @throws the error of the last node, if none answers
   */
  async primaryOf(key: string, { username, password, tls }: Credentials): Promise<RedisAddress> {
    this.#turn = (this.#turn + 1) % this.#nodes.length
    const order = [...this.#nodes.slice(this.#turn), ...this.#nodes.slice(0, this.#turn)]
    const credentials = { username: username ?? '', password: password ?? '', ...(tls && { tls }) }
    let cause = new Error('no node of the Redis Cluster serves the keys of this service')
    for (const node of order) {
      try {
        const { slot, ranges } = await readSlots(node, key, credentials)
        this.#nodes = distinct([
          ...ranges.flatMap(([, , ...nodes]) => nodes.map(addressFrom(node))),
          ...this.#seeds,
        ])
        const range = ranges.find(([first, last]) => first <= slot && slot <= last)
        if (range?.[2]) return addressFrom(node)(range[2])
      } catch (error) {
        cause = error as Error
      }
    }
    throw cause
  }
}

async function readSlots(node: RedisAddress, key: string, credentials: Credentials) {
  const client = new Redis({
    ...node,
    ...credentials,
    disableClientInfo: true,
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
  })
  let cause: Error | undefined
  client.on('error', error => {
    cause ??= error
  })
  try {
    await client.connect()
    // Each range of slots lists its primary and then its replicas.
    return { slot: await client.cluster('KEYSLOT', key), ranges: await client.cluster('SLOTS') }
  } catch (error) {
    throw cause ?? error
  } finally {
    client.disconnect()
  }
}

/** A node that does not know its own address leaves it out, or writes `?`. */
function addressFrom(asked: RedisAddress) {
  return ([host, port]: readonly [string | null, number, ...unknown[]]): RedisAddress => ({
    host: host && host !== '?' ? host : asked.host,
    port,
  })
}

function distinct(addresses: readonly RedisAddress[]): RedisAddress[] {
  return [...new Map(addresses.map(address => [`${address.host}:${address.port}`, address])).values()]
}
