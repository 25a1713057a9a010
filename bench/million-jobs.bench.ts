import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Redis } from 'ioredis'
import { describeBytes } from '#bench/scale/describe-bytes.ts'
import { createTenants, fill } from '#bench/scale/fill.ts'
import { loopsOf } from '#bench/scale/loops.ts'
import { operationsOf } from '#bench/scale/operations.ts'
import { apiEnvironment, registerIdleWorker, startServer } from '#bench/scale/start-server.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { writeSection } from '#test/support/write-section.ts'

// The time of requests and of the background loops, and the memory of Redis, with many queued jobs:
//   npm run bench -- million-jobs [--jobs 100000] [--requests 500] [--dry]      --jobs 1000000 needs 6 GB of memory; --dry writes nothing

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    jobs: { type: 'string', default: '100000' },
    requests: { type: 'string', default: '500' },
    dry: { type: 'boolean', default: false },
  },
})
const [MOST, REQUESTS] = [Number(values.jobs), Number(values.requests)]
const SIZES = [1000, 10_000, 100_000, 1_000_000].filter(size => size <= MOST)
const TENANTS = 20
const WARM_UP = 50
/** A round of every loop follows this many requests of each kind. */
const REQUESTS_PER_LOOP = 5

/** A service with a number of queued jobs. */
interface Filled {
  jobs: number
  fillSeconds: number
  bytesPerJob: number
  operations: Record<string, () => Promise<number>>
  loops: Record<string, () => Promise<void>>
}
/** Milliseconds by operation or loop, for each service. */
type Times = Map<string, number[][]>

const stops: (() => Promise<unknown>)[] = []
try {
  const bytes = await describeBytes()
  const filled: Filled[] = []
  for (const jobs of SIZES) filled.push(await startFilled(jobs))
  const text = report(filled, await measure(filled), bytes)
  if (values.dry) console.log(text)
  else await writeSection('Many queued jobs', text)
} finally {
  for (const stop of stops.reverse()) await stop()
}

/** Each number of jobs has a Redis and an api of its own, so that all can be measured in turn. */
async function startFilled(jobs: number): Promise<Filled> {
  const folder = await mkdtemp(join(tmpdir(), 'thresher-many-'))
  stops.push(() => rm(folder, { recursive: true, force: true }))
  const redis = await startRedis()
  stops.push(() => redis.stop())
  const artifactUrl = pathToFileURL(join(folder, 'blobs')).href
  const stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
  stops.push(() => stores.close())
  const api = await startServer(['src/main.ts'], apiEnvironment(redis.url, folder))
  stops.push(api.stop)
  const tenants = await createTenants(stores, TENANTS)
  const usedBefore = await usedMemory(stores.redis)
  const startedAt = performance.now()
  const placed = await fill(stores, tenants, jobs)
  const fillSeconds = (performance.now() - startedAt) / 1000
  const bytesPerJob = ((await usedMemory(stores.redis)) - usedBefore) / jobs
  const retire = await registerIdleWorker(stores)
  stops.push(async () => retire())
  await untilRewritten(stores.redis)
  console.log({ jobs, fillSeconds, bytesPerJob, load: loadavg()[0] })
  const operations = operationsOf(api.port, stores, tenants, placed)
  return { jobs, fillSeconds, bytesPerJob, operations, loops: loopsOf(stores) }
}

/** While Redis rewrites its log after the filling, it shares the processor. */
async function untilRewritten(redis: Redis): Promise<void> {
  while (/aof_rewrite_in_progress:1/.test(await redis.info('persistence'))) await pause(500)
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1])
}

/** Every operation of every service in turn, so that what else the machine does affects all alike. */
async function measure(filled: readonly Filled[]): Promise<Times> {
  const times: Times = new Map()
  const add = (name: string, service: number, ms: number) => {
    const ofName = times.get(name) ?? filled.map(() => [])
    ofName[service]!.push(ms)
    times.set(name, ofName)
  }
  for (let request = -WARM_UP; request < REQUESTS; request++) {
    for (const name of Object.keys(filled[0]!.operations))
      for (const [service, { operations }] of filled.entries()) {
        const ms = await operations[name]!()
        if (request >= 0) add(name, service, ms)
      }
    if (request % REQUESTS_PER_LOOP !== 0) continue
    for (const name of Object.keys(filled[0]!.loops))
      for (const [service, { loops }] of filled.entries()) {
        const startedAt = performance.now()
        await loops[name]!()
        if (request >= 0) add(`loop: ${name}`, service, performance.now() - startedAt)
      }
  }
  return times
}

function report(filled: readonly Filled[], times: Times, bytes: string): string {
  const quantile = (ms: readonly number[], share: number) =>
    [...ms].sort((a, b) => a - b)[Math.floor(share * (ms.length - 1))]!
  const rows = [...times].map(([name, services]) => {
    const cells = services.map(ms => `${quantile(ms, 0.5).toFixed(1)} / ${quantile(ms, 0.99).toFixed(1)}`)
    const ratio = (share: number) => quantile(services.at(-1)!, share) / quantile(services[0]!, share)
    return `| ${name} | ${cells.join(' | ')} | ${ratio(0.5).toFixed(2)} / ${ratio(0.99).toFixed(2)} |`
  })
  const count = (jobs: number) => jobs.toLocaleString('en')
  const last = filled.at(-1)!
  return [
    `\`npm run bench -- million-jobs --jobs ${MOST}\`: queued jobs of ${TENANTS} tenants, each number in a Redis and an api of its own; ${REQUESTS} requests of each kind, one at a time, every kind and every number of jobs in turn; a round of every loop after each ${REQUESTS_PER_LOOP}. p50 / p99 in milliseconds; the last column is the ratio of the largest number of jobs to the smallest. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`,
    '',
    `| | ${filled.map(({ jobs }) => count(jobs)).join(' | ')} | ratio |`,
    `| --- |${' --- |'.repeat(filled.length + 1)}`,
    ...rows,
    '',
    `A list with \`name=\` reads jobs, newest first, until its page is full or about 1,000 are read; the other filters have indexes. ${count(last.jobs)} jobs were stored in ${last.fillSeconds.toFixed(0)} s by the script that a submission runs.`,
    '',
    `Redis uses ${count(Math.round(last.bytesPerJob))} bytes for each of the ${count(last.jobs)} queued jobs, with two labels (\`used_memory\`). ${bytes}`,
  ].join('\n')
}
