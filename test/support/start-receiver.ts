import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface Receiver {
  url: string
  port: number
  /** Every request so far. */
  received: readonly Received[]
  /** Resolves when this many requests have arrived. */
  arrived(count: number): Promise<void>
  close(): Promise<void>
}

/** A receiver of webhooks on 127.0.0.1. @param answer answers a request; 204 by default */
export async function startReceiver(
  answer: (response: ServerResponse, request: Received, count: number) => void = response =>
    void response.writeHead(204).end(),
): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const { url = '', headers } = request
    const entry = { path: url, headers, body: await text(request) }
    received.push(entry)
    answer(response, entry, received.length)
    for (const check of waiting) check()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    arrived: count =>
      new Promise<void>(resolve => {
        const check = () => {
          if (received.length < count) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
