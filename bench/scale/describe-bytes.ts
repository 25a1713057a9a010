import type { Redis } from 'ioredis'
import { connectDefault } from '#test/support/connect-default.ts'
import { startRedis } from '#test/support/start-redis.ts'
import { createTenants, type Filling, fill } from './fill.ts'

const JOBS = 5_000

const FILLINGS: Readonly<Record<string, Filling>> = {
  'no labels, no `Idempotency-Key`': { labels: false },
  'two labels': { labels: true },
  'two labels and an `Idempotency-Key`': { labels: true, idempotencyKeys: true },
}

/** The bytes of Redis for each queued job, by what the job has and by the keys that it is in, as a table. */
export async function describeBytes(): Promise<string> {
  const columns: { name: string; bytes: Map<string, number> }[] = []
  for (const [name, filling] of Object.entries(FILLINGS))
    columns.push({ name, bytes: await bytesByKind(filling) })
  const kinds = [...new Set(columns.flatMap(({ bytes }) => [...bytes.keys()]))]
  const cell = (bytes: number | undefined) =>
    bytes === undefined ? '' : Math.round(bytes).toLocaleString('en')
  const row = (name: string, of: (bytes: Map<string, number>) => number | undefined) =>
    `| ${name} | ${columns.map(({ bytes }) => cell(of(bytes))).join(' | ')} |`
  return [
    `By the keys that a job is in (\`MEMORY USAGE\`, ${JOBS.toLocaleString('en')} jobs of one tenant):`,
    '',
    `| bytes for each job | ${columns.map(({ name }) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...kinds.map(kind => row(kind, bytes => bytes.get(kind))),
    row('together', bytes => [...bytes.values()].reduce((sum, value) => sum + value, 0)),
  ].join('\n')
}

async function bytesByKind(filling: Filling): Promise<Map<string, number>> {
  const redis = await startRedis()
  const stores = await connectDefault({ redisUrl: redis.url, artifactUrl: 'file:///tmp/unused' })
  try {
    const tenants = await createTenants(stores, 1)
    await fill(stores, tenants, JOBS, filling)
    return await sumByKind(stores.redis)
  } finally {
    await stores.close()
    await redis.stop()
  }
}

/** Of all keys, by what they are for; keys that do not grow with the number of jobs are left out. */
async function sumByKind(redis: Redis): Promise<Map<string, number>> {
  const sums = new Map<string, number>()
  for await (const keys of redis.scanStream({ count: 1000 }) as AsyncIterable<string[]>) {
    const sizes = await Promise.all(keys.map(key => redis.memory('USAGE', key, 'SAMPLES', 0)))
    for (const [index, key] of keys.entries()) {
      const kind = kindOf(key)
      if (kind) sums.set(kind, (sums.get(kind) ?? 0) + sizes[index]! / JOBS)
    }
  }
  return sums
}

function kindOf(key: string): string | undefined {
  if (key.startsWith('thresher:job:')) return 'the job: its spec and its state'
  if (key.startsWith('thresher:idempotency:')) return 'the answer under its `Idempotency-Key`, for a day'
  if (/:jobs:label:/.test(key)) return 'the lists by label'
  if (/:jobs:status:/.test(key)) return 'the list by status'
  if (/:jobs$/.test(key)) return 'the list of all jobs'
  if (/:waiting:/.test(key)) return 'its place in the queue'
  if (/:pending:/.test(key)) return 'the queued jobs of its key, for the quota'
  return undefined
}
