import { Redis } from 'ioredis'
import type { ConnectionOptions } from './redis-options.ts'

/**
 * A server that is frozen, or whose machine is lost, does not close its connections. A connection on which a command is not answered for
 * this long is closed and made again, which may lead to another server. BullMQ blocks for up to 10 s.
 */
const SILENCE_MS = 15_000
/** An idle connection would notice nothing, and would delay the first command that needs it. */
const PING_MS = 5_000

/** Opens a connection that checks whether its server still answers. So do its duplicates, which BullMQ makes. */
export function openConnection(options: ConnectionOptions): Redis {
  const connection = new Redis({ ...options, disableClientInfo: true, socketTimeout: SILENCE_MS })
  // The commands that fail report it.
  connection.on('error', () => {})
  connection.on('ready', () => pingWhileOpen(connection))
  return Object.assign(connection, {
    duplicate: (override: ConnectionOptions = {}) => openConnection({ ...options, ...override }),
  })
}

function pingWhileOpen(connection: Redis): void {
  let isAnswered = true
  const pings = setInterval(async () => {
    if (!isAnswered) return
    isAnswered = false
    await connection.ping().catch(() => {})
    isAnswered = true
  }, PING_MS).unref()
  connection.once('close', () => clearInterval(pings))
}
