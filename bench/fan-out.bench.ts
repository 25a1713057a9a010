import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { processorSeconds } from '#bench/scale/processor-time.ts'
import type { Command, Opening } from '#bench/scale/socket-readers.ts'
import { apiEnvironment, registerIdleWorker, type Server, startServer } from '#bench/scale/start-server.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { appendEvent, epochMetrics, startNewJob } from '#test/support/drive-job.ts'
import { keyOf } from '#test/support/key-of.ts'
import { median } from '#test/support/median.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { writeSection } from '#test/support/write-section.ts'

// The events of one job on many WebSockets, compared with a server that only sends the same bytes:
//   npm run bench -- fan-out [--sockets 1000] [--rounds 9] [--dry]      --dry writes nothing; --profile FOLDER profiles both servers

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    sockets: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '9' },
    dry: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const [SOCKETS, ROUNDS] = [Number(values.sockets), Number(values.rounds)]
const EVENTS = 100
const CHANNEL = 'bare'
/** The header of a frame of 126 to 65,535 bytes from a server (RFC 6455, section 5.2). */
const HEADER_BYTES = 4
/** Until the snapshots have arrived. */
const SETTLE_MS = 1_000

interface Measured {
  /** Frames that arrived, a second. */
  rate: number
  /** Processor time of the server for each frame. */
  microseconds: number
}

const folder = await mkdtemp(join(tmpdir(), 'thresher-fan-out-'))
const redis = await startRedis()
const stores = await connectDefault({
  redisUrl: redis.url,
  artifactUrl: pathToFileURL(join(folder, 'blobs')).href,
})
const nodeOptions = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
const api = await startServer(['src/main.ts'], apiEnvironment(redis.url, folder), { nodeOptions })
const bare = await startServer(['bench/scale/bare-sockets.ts', redis.url, CHANNEL], {}, { nodeOptions })
const { headers } = await keyOf(stores, { scopes: ['read'] })
const retireWorker = await registerIdleWorker(stores)
const jobId = await startNewJob(stores)
const ofApi = await openReaders(api, `/v1/jobs/${jobId}/stream`)
const ofBare = await openReaders(bare, '/')
try {
  const measured = { api: [] as Measured[], bare: [] as Measured[] }
  let epoch = 0
  for (let round = -1; round < ROUNDS; round++) {
    let texts: string[] = []
    const throughApi = await measure(api, ofApi, async () => {
      for (let event = 0; event < EVENTS; event++)
        await appendEvent(stores, jobId, 'epoch', epochMetrics(++epoch))
      texts = await ofApi.texts(EVENTS)
      return texts
    })
    const bareOne = await measure(bare, ofBare, async () => {
      for (const text of texts) await stores.redis.publish(CHANNEL, text)
      return texts
    })
    console.log({ throughApi, bareOne, load: loadavg()[0] })
    // The first round compiles.
    if (round < 0) continue
    measured.api.push(throughApi)
    measured.bare.push(bareOne)
  }
  if (values.dry) console.log(report(measured))
  else await writeSection('Events to many sockets', report(measured))
} finally {
  retireWorker()
  for (const { child } of [ofApi, ofBare]) child.disconnect()
  await Promise.all([api.stop(), bare.stop()])
  await stores.close()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}

interface Readers {
  child: ChildProcess
  /** The next frames with events, as one more client sees them. */
  texts(count: number): Promise<string[]>
}

async function openReaders({ port }: Server, path: string): Promise<Readers> {
  const child = fork(new URL(import.meta.resolve('#bench/scale/socket-readers.ts')))
  const opening: Opening = { port, path, headers, sockets: SOCKETS - 1 }
  child.send(opening)
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const received: string[] = []
  socket.on('message', data => {
    const text = String(data)
    if (JSON.parse(text).type === 'epoch') received.push(text)
  })
  await Promise.all([once(child, 'message'), once(socket, 'open')])
  await pause(SETTLE_MS)
  return {
    child,
    async texts(count) {
      while (received.length < count) await pause(1)
      return received.splice(0, count)
    },
  }
}

/** @param send sends a round of events. @returns their frames */
async function measure(
  server: Server,
  { child, texts }: Readers,
  send: () => Promise<string[]>,
): Promise<Measured> {
  const ask = async (command: Command) => {
    child.send(command)
    const [answer] = await once(child, 'message')
    return answer as number
  }
  await ask({ forget: true })
  const before = processorSeconds(server.pid)
  const startedAt = performance.timeOrigin + performance.now()
  const sent = await send()
  const bytes = sent.reduce((sum, text) => sum + Buffer.byteLength(text) + HEADER_BYTES, 0)
  const arrivedAt = await ask({ expect: bytes })
  const used = processorSeconds(server.pid) - before
  if (server === bare) await texts(EVENTS)
  const frames = SOCKETS * EVENTS
  return { rate: (1000 * frames) / (arrivedAt - startedAt), microseconds: (1e6 * used) / frames }
}

function report({ api, bare }: Record<'api' | 'bare', Measured[]>): string {
  const row = (what: string, rounds: readonly Measured[]) => {
    const ratio = median(rounds.map(({ rate }, round) => rate / bare[round]!.rate))
    const [rate, each] = [median(rounds.map(one => one.rate)), median(rounds.map(one => one.microseconds))]
    return `| ${what} | ${rate.toFixed(0)} | ${ratio.toFixed(2)} | ${each.toFixed(1)} |`
  }
  return [
    `\`npm run bench -- fan-out\`: ${EVENTS} epochs of a running job on ${SOCKETS} WebSockets, medians of ${ROUNDS} alternating rounds. The api receives each event when it has been stored; the bare server has \`ws\` and a Redis subscription, and sends the text that it receives. One process reads all sockets. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`,
    '',
    '| | frames a second | ratio | processor time of the server for each frame, µs |',
    '| --- | --- | --- | --- |',
    row('a server that only sends', bare),
    row('the api', api),
  ].join('\n')
}
