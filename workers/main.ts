import '#children/end-with-parent.ts'

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { releaseJobs } from '#jobs/release-jobs.ts'
import { loadConfig } from '#src/config.ts'
import { createLogger } from '#src/logger.ts'
import { refuseToStart } from '#src/refuse-to-start.ts'
import { connectStores } from '#stores/connect.ts'
import { createJobWorker } from '#stores/job-queue.ts'
import { chooseEngine } from '#workers/engine/choose-engine.ts'
import { Admission } from '#workers/supervisor/admission.ts'
import { clearScratch } from '#workers/supervisor/clear-scratch.ts'
import { Heartbeat } from '#workers/supervisor/heartbeat.ts'
import { memoryLimit } from '#workers/supervisor/memory-limit.ts'
import { reclaimDeadWorkers } from '#workers/supervisor/reclaim-dead-workers.ts'
import { RunnerProcess } from '#workers/supervisor/runner-process.ts'
import { SpareRunner } from '#workers/supervisor/spare-runner.ts'
import { JobSupervision } from '#workers/supervisor/supervise-job.ts'
import type { Supervisor } from '#workers/supervisor/supervisor.ts'

// The supervisor: takes jobs from the queue one at a time and has a runner train them. It never computes itself, so that
// it can renew the lock on its job at any time during the training.

/** Longer than the time in which a runner must stop. */
const CLOSE_MS = 20_000
/** While Redis does not answer, every attempt to reach it is an error; one error per this period is logged. */
const LOG_INTERVAL_MS = 10_000

const config = loadConfig()
const id = `worker_${randomUUID()}`
const logger = createLogger('worker', config.logLevel).child({ workerId: id })
const stores = await connectStores(config).catch(refuse)
const { engine, notice } = await chooseEngine(config.engine).catch(refuse)
if (notice) logger.warn(notice)
const { name, device, version: engineVersion, threads } = engine
const scratch = join(config.dataDir, 'scratch')
const memoryBytes = memoryLimit(config.workerMemoryBytes)

const supervisor: Supervisor = {
  stores,
  worker: { id, engine: name, device },
  admission: new Admission(stores, id),
  runners: new SpareRunner(() => new RunnerProcess(engine, memoryBytes)),
  scratch: join(scratch, id),
  datasetsDir: config.datasetsDir,
  logger,
}
const heartbeat = new Heartbeat(stores.workers, {
  id,
  host: hostname(),
  pid: process.pid,
  engine: name,
  engineVersion,
  device,
  threads,
  memoryBytes,
  startedAt: new Date().toISOString(),
})

let current: JobSupervision | undefined
let ending: Promise<void> | undefined

const jobWorker = createJobWorker(stores.blockingConnection(), async (jobId, { requeue, defer }) => {
  const supervision = new JobSupervision(supervisor, jobId)
  current = supervision
  if (ending) supervision.stop('shutdown')
  await heartbeat.setJob(jobId)
  const action = await supervision.run().finally(() => heartbeat.setJob())
  if (!ending) supervisor.runners.refill()
  if (action === 'requeue') await requeue()
  if (action === 'defer') await defer(release)
  await release()
})
let errorLoggedAt = Number.NEGATIVE_INFINITY
jobWorker.on('error', ({ message }) => {
  if (performance.now() - errorLoggedAt < LOG_INTERVAL_MS) return
  errorLoggedAt = performance.now()
  logger.warn(`the job queue reports an error: ${message}`)
})
// The lock may be lost only because Redis refused writes: the job's record names the worker that has it.
jobWorker.on('lockRenewalFailed', () => void current?.wake())
await stores.control.onWake(jobId => {
  if (jobId === current?.jobId) void current.wake()
})

await reclaimDeadWorkers(stores)
await clearScratch(scratch, stores.workers)
await heartbeat.start()
await release()
for (const event of ['SIGTERM', 'SIGINT']) process.on(event, end)
jobWorker.run().catch(fail)
logger.info({ engine, memoryBytes }, 'ready for jobs')
process.send?.('ready')

/** Before the worker looks for its next job. If this fails, the api releases jobs soon. */
async function release(): Promise<void> {
  if (!ending)
    await releaseJobs(stores).catch(err => logger.warn({ err }, 'waiting jobs could not be released'))
}

/** Returns the job to the queue and ends. A second signal, as Ctrl-C sends, has no effect. */
function end(): void {
  setTimeout(() => process.exit(1), CLOSE_MS).unref()
  ending ??= close().then(() => process.exit(0), fail)
}

async function close(): Promise<void> {
  const idle = jobWorker.close()
  current?.stop('shutdown')
  await idle
  supervisor.runners.close()
  await rm(supervisor.scratch, { recursive: true, force: true })
  await heartbeat.stop()
  await stores.close()
  logger.info('ended')
}

function refuse(error: Error): never {
  return refuseToStart(logger, error)
}

function fail(error: Error): never {
  logger.fatal({ err: error }, error.message)
  process.exit(1)
}
