import { setTimeout as pause } from 'node:timers/promises'
import { type RedisServer, type ServerOptions, startRedisServer } from './redis-server.ts'
import { freePort } from './start-service.ts'

const PRIMARIES = 3
const SLOTS = 16_384

export interface RedisCluster {
  /** The addresses of some nodes, as in REDIS_URL. */
  addresses: string
  nodes: readonly RedisServer[]
  /** The primary that serves the slot of `key`. */
  primaryOf(key: string): Promise<RedisServer>
  stop(): Promise<void>
}

/** Three primaries, each with a replica, that elect a new primary within seconds. */
export async function startRedisCluster(options: ServerOptions = {}): Promise<RedisCluster> {
  const busPorts = await Promise.all(Array.from({ length: 2 * PRIMARIES }, freePort))
  const nodes = await Promise.all(
    busPorts.map(busPort =>
      startRedisServer({
        ...options,
        settings: [
          'cluster-enabled yes',
          'cluster-node-timeout 1500',
          `cluster-port ${busPort}`,
          ...(options.tls ? ['tls-cluster yes'] : []),
          'appendonly yes',
          ...(options.settings ?? []),
        ],
      }),
    ),
  )
  const [first] = nodes
  const stop = async () => {
    await Promise.all(nodes.map(node => node.stop()))
  }
  await joinNodes(nodes, busPorts).catch(async error => {
    await stop()
    throw error
  })
  return {
    addresses: nodes
      .slice(0, 2)
      .map(({ port }) => `127.0.0.1:${port}`)
      .join(','),
    nodes,
    async primaryOf(key) {
      const slot = await first!.admin.cluster('KEYSLOT', key)
      const range = (await first!.admin.cluster('SLOTS')).find(([from, to]) => from <= slot && slot <= to)
      return nodes.find(({ port }) => port === range![2]![1])!
    },
    stop,
  }
}

/** The first nodes become the primaries, the others their replicas. */
async function joinNodes(nodes: readonly RedisServer[], busPorts: readonly number[]): Promise<void> {
  const [first] = nodes
  const ids = await Promise.all(nodes.map(async ({ admin }) => String(await admin.cluster('MYID'))))
  for (const [index, { admin, port }] of nodes.entries()) {
    await first!.admin.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[index]!)
    if (index >= PRIMARIES) continue
    const [from, to] = [index, index + 1].map(part => Math.floor((part * SLOTS) / PRIMARIES))
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', from!, to! - 1)
  }
  for (const [index, { admin }] of nodes.slice(PRIMARIES).entries()) {
    await untilTrue(async () => String(await admin.cluster('NODES')).includes(ids[index]!))
    await admin.call('CLUSTER', 'REPLICATE', ids[index]!)
  }
  for (const { admin } of nodes) {
    await untilTrue(async () => /cluster_state:ok/.test(String(await admin.cluster('INFO'))))
    await untilTrue(async () => /role:master|master_link_status:up/.test(await admin.info('replication')))
  }
  // Every node must know every replica: a client asks any of them.
  for (const { admin } of nodes)
    await untilTrue(async () => (await admin.cluster('SLOTS')).every(range => range.length === 4))
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50)
}
