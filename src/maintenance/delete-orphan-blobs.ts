import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { reachableExports } from '#jobs/reachable-exports.ts'
import type { Stores } from '#stores/connect.ts'

const PERIOD_MS = 3_600_000
/** A blob is stored before the event that names it: younger ones may be about to be named. */
const YOUNG_MS = 3_600_000

/**
 * Deletes, every hour, what crashes left in the blob store that nothing names. One api process does it at a time.
 * @returns a function that ends it
 */
export function deleteOrphanBlobs(stores: Stores, logger: Logger): () => Promise<void> {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await sweep(stores, logger).catch(err => logger.warn({ err }, 'blobs without a job could not be swept'))
      await pause(PERIOD_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopping.abort()
    await running
  }
}

type RecordStores = Pick<Stores, 'jobs' | 'exports' | 'datasets' | 'models'>

async function sweep(stores: Stores, logger: Logger): Promise<void> {
  if (!(await stores.lease('sweep', PERIOD_MS - 1_000))) return
  const deleted = await deleteOrphans(stores, new Date(Date.now() - YOUNG_MS), (err, namespace) =>
    logger.error({ err, namespace }, 'a record cannot be read, so its blobs are kept'),
  )
  if (deleted > 0) logger.info({ deleted }, 'blobs that nothing named were deleted')
}

/**
 * Deletes every blob that was stored before a time and that nothing names.
 *
 * @param onUnreadable hears of a record that does not say what it names; its blobs stay
 * @returns how many were deleted
 */
export async function deleteOrphans(
  { blobs, ...records }: Pick<Stores, 'blobs'> & RecordStores,
  storedBefore: Date,
  onUnreadable: (error: Error, namespace: string) => void = () => {},
): Promise<number> {
  let deleted = 0
  for await (const { namespace, sha256, storedAt } of blobs.list()) {
    if (storedAt >= storedBefore) continue
    const names = await namesOf(records, namespace).catch(error => {
      onUnreadable(error, namespace)
    })
    if (!names || names.has(sha256)) continue
    await blobs.delete(namespace, sha256)
    deleted++
  }
  return deleted
}

/** The digests that a job, a dataset or a model names, asked anew for each blob: a job goes on while its blobs are listed. */
async function namesOf(
  { jobs, exports, datasets, models }: RecordStores,
  namespace: string,
): Promise<ReadonlySet<string>> {
  const upload = await datasets.get(namespace)
  if (upload) return new Set(upload.state.status === 'ready' ? [upload.state.sha256] : [])
  const model = await models.get(namespace)
  if (model) return new Set(model.weights ? [model.weights.sha256] : [])
  // Before the job: each of them is then of a checkpoint that the job has or has dropped.
  const exported = await exports.list(namespace)
  const job = await jobs.get(namespace)
  if (!job) return new Set()
  const reachable = reachableExports(job, exported)
  // Nothing asks for a file of a checkpoint that is gone.
  const unreachable = [...exported.keys()].filter(key => !reachable.has(key))
  await exports.forget(namespace, unreachable)
  const made = [...reachable.values()].map(({ artifact }) => artifact)
  const { artifacts, checkpoints, spec } = job
  const named = [...artifacts, ...checkpoints, ...made, ...(spec.init ? [spec.init] : [])]
  return new Set(named.map(({ sha256 }) => sha256))
}
