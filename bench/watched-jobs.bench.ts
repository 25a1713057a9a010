import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { processorSeconds, residentMiB } from '#bench/scale/processor-time.ts'
import { apiEnvironment, registerIdleWorker, startServer } from '#bench/scale/start-server.ts'
import type { Watching } from '#bench/scale/watchers.ts'
import { connectDefault } from '#test/support/connect-default.ts'
import { appendEvent, epochMetrics, startNewJob } from '#test/support/drive-job.ts'
import { keyOf } from '#test/support/key-of.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { writeSection } from '#test/support/write-section.ts'

// The age of events when they arrive, and the memory of one api, while many jobs are watched at once:
//   npm run bench -- watched-jobs [--jobs 5000] [--rate 500] [--seconds 20] [--dry]      --rate: events a second; --dry writes nothing

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    jobs: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '20' },
    dry: { type: 'boolean', default: false },
  },
})
const [JOBS, RATE, SECONDS] = [Number(values.jobs), Number(values.rate), Number(values.seconds)]
/** The most subscriptions of one socket. */
const PER_SOCKET = 1000
const TICK_MS = 10

interface Measured {
  openSeconds: number
  beforeMiB: number
  afterMiB: number
  /** Ages of the events, in milliseconds, sorted. */
  ages: number[]
  /** Events a second that were appended. */
  rate: number
  /** Processor time of the api for each event, in microseconds. */
  microseconds: number
}

const folder = await mkdtemp(join(tmpdir(), 'thresher-watched-'))
const redis = await startRedis()
const artifactUrl = pathToFileURL(join(folder, 'blobs')).href
const stores = await connectDefault({ redisUrl: redis.url, artifactUrl })
const retireWorker = await registerIdleWorker(stores)
try {
  const { headers } = await keyOf(stores, { scopes: ['read'] })
  const limited = pLimit(100)
  const rows: string[] = []
  for (const [name, perSocket] of [
    [`${JOBS} sockets, one job each`, 1],
    [`${Math.ceil(JOBS / PER_SOCKET)} sockets, ${PER_SOCKET} jobs each`, PER_SOCKET],
  ] as const) {
    const jobIds = await Promise.all(Array.from({ length: JOBS }, () => limited(() => startNewJob(stores))))
    const measured = await measure({ headers, jobIds, perSocket })
    console.log(name, { ...measured, ages: measured.ages.length }, 'load', loadavg()[0])
    rows.push(row(name, measured))
  }
  const text = report(rows)
  if (values.dry) console.log(text)
  else await writeSection('Many watched jobs', text)
} finally {
  retireWorker()
  await stores.close()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}

/** With an api of its own, so that its memory is that of these sockets. */
async function measure(watching: Omit<Watching, 'port'>): Promise<Measured> {
  const api = await startServer(['src/main.ts'], apiEnvironment(redis.url, folder))
  const child = fork(new URL(import.meta.resolve('#bench/scale/watchers.ts')))
  try {
    const beforeMiB = residentMiB(api.pid)
    const openedAt = performance.now()
    child.send({ ...watching, port: api.port })
    await once(child, 'message')
    const openSeconds = (performance.now() - openedAt) / 1000
    const usedBefore = processorSeconds(api.pid)
    const startedAt = performance.now()
    const appended = await append(watching.jobIds)
    const rate = appended / ((performance.now() - startedAt) / 1000)
    child.send(appended)
    const [ages] = (await once(child, 'message')) as [number[]]
    const microseconds = (1e6 * (processorSeconds(api.pid) - usedBefore)) / appended
    const afterMiB = residentMiB(api.pid)
    return { openSeconds, beforeMiB, afterMiB, ages: ages.sort((a, b) => a - b), rate, microseconds }
  } finally {
    child.disconnect()
    await api.stop()
  }
}

/** Appends epochs to all jobs in turn, at a steady rate. @returns their number */
async function append(jobIds: readonly string[]): Promise<number> {
  const pending: Promise<unknown>[] = []
  const startedAt = performance.now()
  for (let appended = 0; ; ) {
    const seconds = (performance.now() - startedAt) / 1000
    for (; appended < RATE * Math.min(seconds, SECONDS); appended++)
      pending.push(
        appendEvent(stores, jobIds[appended % JOBS]!, 'epoch', epochMetrics(1 + Math.floor(appended / JOBS))),
      )
    if (seconds > SECONDS) break
    await pause(TICK_MS)
  }
  await Promise.all(pending)
  return pending.length
}

function row(name: string, { openSeconds, beforeMiB, afterMiB, ages, rate, microseconds }: Measured): string {
  const quantile = (share: number) => ages[Math.floor(share * (ages.length - 1))]!
  const cells = [
    openSeconds.toFixed(1),
    rate.toFixed(0),
    `${quantile(0.5)} / ${quantile(0.99)}`,
    microseconds.toFixed(0),
    `${beforeMiB.toFixed(0)} / ${afterMiB.toFixed(0)}`,
    ((1024 * (afterMiB - beforeMiB)) / JOBS).toFixed(0),
  ]
  return `| ${name} | ${cells.join(' | ')} |`
}

function report(rows: readonly string[]): string {
  return [
    `\`npm run bench -- watched-jobs\`: ${JOBS.toLocaleString('en')} running jobs watched at once on one api process, each by one client, while they receive ${RATE} epochs a second in turn for ${SECONDS} s; every epoch arrived. The age of an epoch is the time from its decision in the process that appends it until the client has parsed it, in whole milliseconds. Load average at the end: ${loadavg()[0]!.toFixed(1)}.`,
    '',
    '| | all open after, s | epochs a second | age p50 / p99, ms | processor time of the api each, µs | resident memory before / after, MiB | KiB for each job |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
