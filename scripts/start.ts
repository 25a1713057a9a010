import { join } from 'node:path'
import { loadConfig, parentId } from '#src/config.ts'
import { createLogger } from '#src/logger.ts'
import { refuseToStart } from '#src/refuse-to-start.ts'
import { KeptPart } from './start/keep-part.ts'
import { keepRedis } from './start/keep-redis.ts'

// The whole service on one machine: Redis (unless REDIS_URL names one), the api and one supervisor, each in its own process. A process
// that dies is restarted; if one cannot start because of its configuration, all end.
const PARENT_PERIOD_MS = 1_000
const config = loadConfig()
const logger = createLogger('start', config.logLevel)
const redis = config.redisUrl
  ? undefined
  : await keepRedis(join(config.dataDir, 'redis'), logger).catch(error => refuseToStart(logger, error))
const env: NodeJS.ProcessEnv = { ...process.env, REDIS_URL: config.redisUrl ?? redis?.url }
// Of the parts, the api alone needs the key of the operator: workers read models and data of strangers.
const { ADMIN_KEY: _key, ADMIN_KEY_FILE: _file, ...workerEnv } = env
const parts = [
  new KeptPart({ name: 'api', entry: import.meta.resolve('#src/main.ts'), env }, logger),
  new KeptPart({ name: 'worker', entry: import.meta.resolve('#workers/main.ts'), env: workerEnv }, logger),
]
process.on('SIGTERM', end)
process.on('SIGINT', end)
// Neither npm nor `thresher up` can pass on a SIGKILL.
if (process.env.npm_lifecycle_event !== undefined || parentId() === process.ppid) whenOrphaned(end)
for (const { ended } of parts) void ended.then(end)
const exitCodes = await Promise.all(parts.map(({ ended }) => ended))
await redis?.stop()
process.exit(Math.max(...exitCodes))

/** Ends the parts; Redis ends after them, so that running jobs can still be requeued. */
function end() {
  for (const part of parts) part.stop()
}

/** Calls the function once the parent of this process has ended. */
function whenOrphaned(call: () => void) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    call()
  }, PARENT_PERIOD_MS)
  timer.unref()
}
