import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Milliseconds until the whole answer has arrived, on a connection that stays open, and its body. @throws Error for a status of 400 or more */
export function timed(
  port: number,
  method: 'GET' | 'POST',
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<{ ms: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const startedAt = performance.now()
    const type = text === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request({ agent, port, method, path, headers: { ...headers, ...type } }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk))
      answer.on('end', () => {
        const ms = performance.now() - startedAt
        const received = String(Buffer.concat(chunks))
        if (answer.statusCode! >= 400)
          reject(new Error(`${method} ${path}: ${answer.statusCode} ${received}`))
        else resolve({ ms, body: JSON.parse(received) })
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}
