import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StdioClientTransport, type StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

/** Passes the messages of each HTTP session to a process that speaks the protocol over standard input and output, and back. */
export async function mcpOverHttp(
  program: StdioServerParameters,
): Promise<{ url: string; stop(): Promise<void> }> {
  const sessions = new Map<string, { http: StreamableHTTPServerTransport; stdio: StdioClientTransport }>()

  async function open(): Promise<StreamableHTTPServerTransport> {
    const stdio = new StdioClientTransport(program)
    const http = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: id => void sessions.set(id, { http, stdio }),
    })
    http.onmessage = message => void stdio.send(message)
    stdio.onmessage = message => void http.send(message)
    await Promise.all([http.start(), stdio.start()])
    return http
  }

  const server = createServer(async (request, response) => {
    const id = request.headers['mcp-session-id']
    const http = typeof id === 'string' ? sessions.get(id)?.http : await open()
    if (http) await http.handleRequest(request, response)
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async stop() {
      for (const { http, stdio } of sessions.values()) await Promise.all([http.close(), stdio.close()])
      server.closeAllConnections()
      server.close()
    },
  }
}
