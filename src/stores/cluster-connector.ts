import { connect as connectPlain, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector, type RedisOptions } from 'ioredis'
import type { ClusterNodes } from './cluster-nodes.ts'

/**
 * A connector with which an ordinary connection follows the primary that serves a key of a Redis Cluster, as ioredis follows the primary
 * of Sentinels. All keys of the service are in the slot of that key, so no connection ever needs another node.
 */
export function clusterConnector(nodes: ClusterNodes, key: string) {
  return class ClusterConnector extends AbstractConnector {
    readonly #options: RedisOptions

    constructor(options: unknown) {
      super((options as { disconnectTimeout: number }).disconnectTimeout)
      this.#options = options as RedisOptions
    }

    override async connect(): Promise<Socket> {
      this.connecting = true
      const { tls } = this.#options
      try {
        const primary = await nodes.primaryOf(key, this.#options)
        if (!this.connecting) throw new Error('Connection is closed.')
        this.stream = tls ? connectTls({ ...primary, ...tls }) : connectPlain(primary)
      } catch (error) {
        this.firstError = error as Error
        // ioredis never again connects if a connector rejects; after a closed socket it does.
        this.stream = new Socket().destroy()
      }
      this.stream.once('error', error => {
        this.firstError = error
      })
      return this.stream as Socket
    }

    /** After a failover, the former primary may still be listed; it is a replica. */
    override check({ role }: { role?: string }): boolean {
      return role !== 'slave'
    }
  }
}
