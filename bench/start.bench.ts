import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { descendantSeconds } from '#bench/scale/processor-time.ts'
import { median } from '#test/support/median.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { freePort } from '#test/support/start-service.ts'
import { writeSection } from '#test/support/write-section.ts'

// How long `npm start` takes until the service is ready, beside a Node that does nothing and a Redis:
//   npm run bench -- start

const ROUNDS = 5
const POLL_MS = 20
const FLOOR = '`node -e 0`, and Redis'
const SOURCES = ['--import', 'tsx', 'scripts/start.ts']

/** Seconds until it is ready: /readyz answers 200, and a worker is registered. */
interface Measured {
  wall: number
  /** The processor time of all its processes until then. */
  processor: number
}

const CASES: Record<string, () => Promise<Measured>> = {
  [FLOOR]: () => measure(startFloor),
  '`npm start`': () => measure(() => startService('npm', ['start'])),
  'the same from TypeScript, without `npm` and setup': () =>
    measure(() => startService(process.execPath, SOURCES)),
}

const measured = new Map(Object.keys(CASES).map(name => [name, [] as Measured[]]))
// The first round fills the caches of the file system and of tsx.
for (let round = 0; round <= ROUNDS; round++)
  for (const [name, run] of Object.entries(CASES)) {
    const result = await run()
    console.log(name, result, 'load', loadavg()[0])
    if (round > 0) measured.get(name)!.push(result)
  }
await writeSection('The start of the service', report())

/** @param start resolves when it is ready, with what ends it */
async function measure(start: () => Promise<() => Promise<unknown>>): Promise<Measured> {
  const before = { wall: performance.now() / 1000, processor: descendantSeconds(process.pid) }
  const stop = await start()
  const result = {
    wall: performance.now() / 1000 - before.wall,
    processor: descendantSeconds(process.pid) - before.processor,
  }
  await stop()
  return result
}

async function startFloor(): Promise<() => Promise<unknown>> {
  spawnSync(process.execPath, ['-e', '0'])
  const redis = await startRedis()
  return () => redis.stop()
}

async function startService(program: string, arguments_: string[]): Promise<() => Promise<unknown>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'thresher-bench-'))
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'warn' }
  const child = spawn(program, arguments_, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await isReady(`http://127.0.0.1:${port}`, child))) await pause(POLL_MS)
  return async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function isReady(url: string, { exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null) throw new Error(`The service ended with code ${exitCode} before it was ready.`)
  try {
    if (!(await fetch(`${url}/readyz`)).ok) return false
    const workers = (await (await fetch(`${url}/v1/workers`)).json()) as { data: unknown[] }
    return workers.data.length > 0
  } catch {
    return false
  }
}

function report(): string {
  const floors = measured.get(FLOOR)!
  const rows = [...measured].map(([name, rounds]) => {
    const of = (key: keyof Measured) => rounds.map(round => round[key])
    const ratio = (key: keyof Measured) => median(rounds.map((round, i) => round[key] / floors[i]![key]))
    const cells = [
      median(of('wall')).toFixed(2),
      Math.min(...of('wall')).toFixed(2),
      ratio('wall').toFixed(1),
      median(of('processor')).toFixed(2),
    ]
    return `| ${name} | ${cells.join(' | ')} |`
  })
  return [
    `\`npm run bench -- start\`: seconds until \`/readyz\` answers 200 and a worker is registered, over ${ROUNDS} alternating rounds, and the processor time of all processes until then. Load average at the end: ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} processors.`,
    '',
    '| | median | fastest | median of the ratios to the first row | processor time |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
