import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startEmbeddedRedis } from '#infra/embedded-redis.ts'
import { loadConfig } from '#src/config.ts'

// Everything on one machine: Redis (unless REDIS_URL names one), the api and one supervisor, each its own process.
const config = loadConfig()
const redis = config.redisUrl
  ? undefined
  : await startEmbeddedRedis({ directory: join(config.dataDir, 'redis'), onExit: endWithRedis })
const env = { ...process.env, REDIS_URL: config.redisUrl ?? redis?.url }
// Process groups of their own: Ctrl-C reaches this process alone, which then ends them once and in order.
const children = ['#src/main.ts', '#workers/main.ts'].map(entry =>
  fork(new URL(import.meta.resolve(entry)), { env, detached: true }),
)

let ending = false
process.on('SIGTERM', end)
process.on('SIGINT', end)
const exitCodes = await Promise.all(children.map(exitCode))
await redis?.stop()
process.exit(Math.max(...exitCodes))

/** Ends the children in good order; Redis ends after them, so that running jobs can still be requeued. */
function end() {
  ending = true
  for (const child of children) child.kill('SIGTERM')
}

function endWithRedis(reason: string) {
  console.error(`The embedded Redis ended: ${reason}. Start again; every job it acknowledged is in its log.`)
  end()
}

/** One part's death ends the whole: a service that takes jobs nobody trains would be worse than none. */
async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'exit')
  if (!ending) end()
  return code ?? 1
}
