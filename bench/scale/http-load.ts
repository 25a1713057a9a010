import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'

// A child process: posts the same request again and again, with a number of requests in flight, each on a connection that stays open.
// It reads no more of an answer than its status and its end, so that it uses little of the processor time that the server needs.

/** Requests of one run of the client. */
export interface Load {
  port: number
  path: string
  headers: Record<string, string>
  body: string
  inFlight: number
  seconds: number
  /** Whether each request has an `Idempotency-Key` of its own. */
  hasIdempotencyKeys: boolean
}

/** What the client has seen. */
export interface LoadResult {
  requests: number
  seconds: number
  /** Of the answers that are not 201. */
  refused: string[]
  p50Ms: number
  p99Ms: number
}

const HEAD_END = '\r\n\r\n'

process.once('message', async (load: Load) => {
  process.send!(await run(load))
  process.disconnect()
})

async function run(load: Load): Promise<LoadResult> {
  const times: number[] = []
  const refused: string[] = []
  const startedAt = performance.now()
  const endsAt = startedAt + 1000 * load.seconds
  const lanes = Array.from({ length: load.inFlight }, () => postUntil(load, endsAt, times, refused))
  await Promise.all(lanes)
  const seconds = (performance.now() - startedAt) / 1000
  const sorted = Float64Array.from(times).sort()
  const quantile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  return { requests: times.length, seconds, refused, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}

/** Posts on one connection, one request after the other. */
function postUntil(load: Load, endsAt: number, times: number[], refused: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(load.port, '127.0.0.1').setNoDelay()
    let text = ''
    let sentAt = 0
    const next = () => {
      sentAt = performance.now()
      if (sentAt >= endsAt) socket.end()
      else post(socket, load)
    }
    socket.setEncoding('latin1')
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('data', chunk => {
      text += chunk
      const headLength = text.indexOf(HEAD_END)
      if (headLength < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, headLength))?.[1])
      if (text.length < headLength + HEAD_END.length + length) return
      if (text.startsWith('HTTP/1.1 201')) times.push(performance.now() - sentAt)
      else refused.push(text)
      text = ''
      next()
    })
  })
}

function post(socket: Socket, { path, headers, body, hasIdempotencyKeys }: Load): void {
  const all = {
    host: '127.0.0.1',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(hasIdempotencyKeys && { 'idempotency-key': randomUUID() }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.write([`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n'))
}
