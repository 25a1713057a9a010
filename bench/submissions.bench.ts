import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Load, LoadResult } from '#bench/scale/http-load.ts'
import { processorSeconds } from '#bench/scale/processor-time.ts'
import { apiEnvironment, registerIdleWorker, type Server, startServer } from '#bench/scale/start-server.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { keyOf } from '#test/support/key-of.ts'
import { median } from '#test/support/median.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { writeSection } from '#test/support/write-section.ts'

// Submissions a second through the whole api, compared with a route that only adds to a queue:
//   npm run bench -- submissions [--rounds 7] [--seconds 5] [--dry]      --dry writes nothing; --profile FOLDER profiles both servers

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '5' },
    dry: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const [ROUNDS, SECONDS] = [Number(values.rounds), Number(values.seconds)]
const IN_FLIGHT = 100
const WARM_UP_SECONDS = 3

const BODY = JSON.stringify({
  name: 'nightly',
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate: 0.005, c: 0.005, mu: 0.51 },
  epochs: 150,
  batchSize: 128,
  seed: 7,
  labels: { team: 'vision', branch: 'main' },
})

interface Measured extends LoadResult {
  rate: number
  /** Processor time for each request. */
  serverMicroseconds: number
  redisMicroseconds: number
}

const folder = await mkdtemp(join(tmpdir(), 'thresher-submissions-'))
const redis = await startRedis()
const artifactUrl = pathToFileURL(join(folder, 'blobs')).href
const stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
const nodeOptions = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
const api = await startServer(['src/main.ts'], apiEnvironment(redis.url, folder), { nodeOptions })
const bare = await startServer(['bench/scale/bare-route.ts', redis.url], {}, { nodeOptions })
const { headers } = await createKey()
const redisPid = Number(/process_id:(\d+)/.exec(await stores.redis.info('server'))![1])
const retireWorker = await registerIdleWorker(stores)
try {
  const kinds = [
    ['bare', bare, false],
    ['whole', api, false],
    ['with keys', api, true],
  ] as const
  const measured: Record<(typeof kinds)[number][0], Measured[]> = { bare: [], whole: [], 'with keys': [] }
  for (const [, server] of kinds) await measure(server, WARM_UP_SECONDS, false)
  for (let round = 0; round < ROUNDS; round++)
    for (const [kind, server, hasIdempotencyKeys] of kinds) {
      measured[kind].push(await measure(server, SECONDS, hasIdempotencyKeys))
      console.log(kind, measured[kind].at(-1), 'load', loadavg()[0])
    }
  if (values.dry) console.log(report(measured))
  else await writeSection('Submissions a second', report(measured))
} finally {
  retireWorker()
  await Promise.all([api.stop(), bare.stop()])
  await stores.close()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}

/** A key with quotas that never refuse, so that all of them are checked. */
async function createKey() {
  const quotas = {
    queuedJobs: 1e9,
    storedBytes: 1e15,
    runningJobs: 1e6,
    epochs: 1e6,
    deviceSecondsPerDay: 1e9,
  }
  await stores.tenantSettings.set('vision', { quotas, weight: 1 })
  return await keyOf(stores, { tenant: 'vision', scopes: ['submit'], quotas })
}

async function measure(server: Server, seconds: number, hasIdempotencyKeys: boolean): Promise<Measured> {
  const { port, pid } = server
  const used = () => ({ server: processorSeconds(pid), redis: processorSeconds(redisPid) })
  const before = used()
  const child = fork(new URL(import.meta.resolve('#bench/scale/http-load.ts')))
  const load: Load = {
    ...{ port, headers, path: '/v1/jobs', body: BODY },
    ...{ inFlight: IN_FLIGHT, seconds, hasIdempotencyKeys },
  }
  child.send(load)
  const [result] = (await once(child, 'message')) as [LoadResult]
  if (result.refused.length > 0) throw new Error(`A request was refused: ${result.refused[0]}`)
  const after = used()
  const each = (of: 'server' | 'redis') => (1e6 * (after[of] - before[of])) / result.requests
  const rate = result.requests / result.seconds
  return { ...result, rate, serverMicroseconds: each('server'), redisMicroseconds: each('redis') }
}

function report({
  bare,
  whole,
  'with keys': keyed,
}: Record<'bare' | 'whole' | 'with keys', Measured[]>): string {
  const row = (what: string, rounds: readonly Measured[]) => {
    const middle = (value: (round: Measured) => number) => median(rounds.map(value)).toFixed(0)
    const ratio = median(rounds.map(({ rate }, round) => rate / bare[round]!.rate))
    const cells = [
      middle(({ rate }) => rate),
      ratio.toFixed(2),
      middle(({ serverMicroseconds }) => serverMicroseconds),
      middle(({ redisMicroseconds }) => redisMicroseconds),
      middle(({ p50Ms }) => p50Ms),
      middle(({ p99Ms }) => p99Ms),
    ]
    return `| ${what} | ${cells.join(' | ')} |`
  }
  return [
    `\`npm run bench -- submissions\`: one client process with ${IN_FLIGHT} requests in flight on connections that stay open; medians of ${ROUNDS} alternating rounds of ${SECONDS} s. The whole api checks a key, its scope, four rate limits, quotas of the tenant and of the key, the memory of a worker that is alive and busy, and stores the job, its index entries, its place in the queue, usage and an audit record. The bare route has the same plugins and the same check of the body, and only adds the body to a queue of BullMQ. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`,
    '',
    '| | a second | ratio | processor time each, µs: server | Redis | p50, ms | p99, ms |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    row('a route that only adds to a queue', bare),
    row('the whole api', whole),
    row('the whole api, each request with an `Idempotency-Key`', keyed),
  ].join('\n')
}
