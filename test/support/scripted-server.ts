import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** How a request is answered, or not. */
export type Step = (response: ServerResponse, request: IncomingMessage) => void

export interface SeenRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
}

/** A server that answers the nth request with the nth step, and every further one with the last. */
export async function startScriptedServer(...steps: readonly Step[]) {
  const requests: SeenRequest[] = []
  const server = createServer((request, response) => {
    const step = steps[Math.min(requests.length, steps.length - 1)]!
    requests.push({ method: request.method!, url: request.url!, headers: request.headers })
    request.resume()
    step(response, request)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** An answer with a JSON body. */
export const answer =
  (status: number, body: object, headers: Record<string, string> = {}): Step =>
  response => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

/** A problem of the service. */
export const problem = (status: number, code: string, headers: Record<string, string> = {}): Step =>
  answer(
    status,
    { type: 'about:blank', title: code, status, detail: `It is ${code}.`, code, errors: [], requestId: 'r' },
    { 'content-type': 'application/problem+json', ...headers },
  )

/** The connection breaks before an answer. */
export const broken: Step = (_, { socket }) => void socket.resetAndDestroy()

/** The connection breaks in the middle of the body. */
export const truncated: Step = (response, { socket }) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"data": [', () => socket.destroy())
}

/** There is no answer. */
export const stalled: Step = () => {}
