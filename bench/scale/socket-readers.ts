import { connect } from 'node:net'

// A child process: opens many WebSockets and counts the bytes that arrive. It does not read frames, so that it uses little of the processor
// time that the server needs.

/** The first message to this process, which answers `true` once all sockets are open. */
export interface Opening {
  port: number
  path: string
  headers: Record<string, string>
  sockets: number
}

/**
 * The following messages. `forget` sets all counts to 0. `expect` is answered with the time, in milliseconds since 1970, at which that many
 * bytes had arrived at every socket.
 */
export type Command = { forget: true } | { expect: number }

/** A server accepts a limited number of connections at once. */
const OPENED_AT_ONCE = 50

const counts: { bytes: number }[] = []
let lastAt = 0

process.once('message', async ({ port, path, headers, sockets }: Opening) => {
  const opening: Promise<void>[] = []
  for (let socket = 0; socket < sockets; socket++) {
    opening.push(open(port, path, headers))
    if (opening.length % OPENED_AT_ONCE === 0) await Promise.all(opening)
  }
  await Promise.all(opening)
  process.on('message', (command: Command) => void obey(command))
  process.send!(true)
})
process.on('disconnect', () => process.exit(0))

async function obey(command: Command): Promise<void> {
  if ('forget' in command) {
    for (const count of counts) count.bytes = 0
    process.send!(true)
    return
  }
  while (counts.some(({ bytes }) => bytes < command.expect))
    await new Promise(resolve => setTimeout(resolve, 1))
  process.send!(lastAt)
}

function open(port: number, path: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const upgrade = {
      ...{ host: '127.0.0.1', connection: 'Upgrade', upgrade: 'websocket' },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
      ...headers,
    }
    const lines = Object.entries(upgrade).map(([name, value]) => `${name}: ${value}`)
    socket.on('connect', () => socket.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')))
    socket.on('error', reject)
    socket.once('data', first => {
      if (!String(first).startsWith('HTTP/1.1 101')) return reject(new Error(String(first)))
      const count = { bytes: 0 }
      counts.push(count)
      socket.on('data', chunk => {
        count.bytes += chunk.length
        lastAt = performance.timeOrigin + performance.now()
      })
      resolve()
    })
  })
}
