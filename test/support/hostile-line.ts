import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What happens to a connection once so many bytes have passed. */
export interface Fault {
  afterBytes: number
  /** Whose bytes; default: `answers`. After bytes of requests, nothing more reaches the server, and `end` is a reset. */
  of?: 'answers' | 'requests'
  /** `reset`: the client gets RST. `end`: the client gets FIN. `stall`: nothing more arrives. */
  ending: 'reset' | 'end' | 'stall'
}

export interface HostileLine {
  url: string
  connections(): number
  /** Bytes of answers that clients received. */
  bytes(): number
  /** Resets every open connection. */
  reset(): void
  close(): Promise<void>
}

/**
 * A line to a server whose connections break.
 * @param target the address of the server, or a function that returns the present one
 * @param faultOf the fault of the nth connection, from 1; `refuse` resets it before the server sees it; undefined for none
 */
export async function startHostileLine(
  target: string | (() => string),
  faultOf: (connection: number) => Fault | 'refuse' | undefined = () => undefined,
): Promise<HostileLine> {
  const open = new Set<Socket>()
  let connections = 0
  let bytes = 0
  const server = createServer(client => {
    const fault = faultOf(++connections)
    client.on('error', () => {})
    if (fault === 'refuse') return void client.resetAndDestroy()
    open.add(client)
    const { hostname, port } = new URL(typeof target === 'string' ? target : target())
    const upstream = connect(Number(port), hostname)
    upstream.on('error', () => {})
    client.pipe(upstream)
    client.on('close', () => {
      open.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.end())
    if (fault?.of === 'requests') stopAfter(client, fault)
    carry(upstream, client, fault?.of === 'requests' ? undefined : fault, passed => {
      bytes += passed
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as { port: number }
  const reset = () => open.forEach(socket => void socket.resetAndDestroy())
  return {
    url: `http://127.0.0.1:${own}`,
    connections: () => connections,
    bytes: () => bytes,
    reset,
    async close() {
      server.close()
      reset()
      await once(server, 'close')
    },
  }
}

function stopAfter(client: Socket, { afterBytes, ending }: Fault): void {
  let left = afterBytes
  client.on('data', chunk => {
    left -= chunk.length
    if (left >= 0) return
    if (ending === 'stall') client.unpipe().pause()
    else client.resetAndDestroy()
  })
}

function carry(
  upstream: Socket,
  client: Socket,
  fault: Fault | undefined,
  onPassed: (bytes: number) => void,
): void {
  let left = fault?.afterBytes ?? Number.POSITIVE_INFINITY
  upstream.on('data', chunk => {
    const passed = chunk.subarray(0, Math.max(0, Math.min(left, chunk.length)))
    left -= chunk.length
    onPassed(passed.length)
    if (left >= 0 || fault?.ending === 'stall') {
      if (passed.length > 0) client.write(passed)
    } else if (fault?.ending === 'end') client.end(passed)
    // What was written before a reset may be lost with it.
    else client.write(passed, () => setImmediate(() => client.resetAndDestroy()))
  })
}
