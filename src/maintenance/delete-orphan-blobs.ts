import type { Logger } from 'pino'
import { ownerOf } from '#access/owner.ts'
import { reachableExports } from '#jobs/reachable-exports.ts'
import { reportEvaluation } from '#jobs/report-evaluation.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 3_600_000
/** A blob is stored before the event that refers to it, so a younger blob may not have its reference yet. */
const YOUNG_MS = 3_600_000

type RecordStores = Pick<ServiceStores, 'work' | 'exports' | 'allDatasets' | 'allModels' | 'of'>

/** Deletes every hour the blobs that have no reference because of a crash. @returns a function that stops it */
export function deleteOrphanBlobs(stores: ServiceStores, logger: Logger): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'delete-orphan-blobs' },
    async run() {
      const deleted = await deleteOrphans(stores, new Date(Date.now() - YOUNG_MS), (err, namespace) =>
        logger.error({ err, namespace }, 'a record could not be read; its blobs were kept'),
      )
      if (deleted > 0) logger.info({ deleted }, 'deleted orphan blobs')
    },
    onFailure: err => logger.warn({ err }, 'orphan blobs could not be deleted'),
  })
}

/**
 * Deletes every blob that was stored before a time and that no record refers to.
 *
 * @param onUnreadable called for each record that cannot be read; its blobs are kept
 * @returns the number of deleted blobs
 */
export async function deleteOrphans(
  { blobs, ...records }: Pick<ServiceStores, 'blobs'> & RecordStores,
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

/** The digests that a job, a dataset or a model refers to; read for each blob, because a job may change while its blobs are listed. */
async function namesOf(
  { work, exports, allDatasets, allModels, of }: RecordStores,
  namespace: string,
): Promise<ReadonlySet<string>> {
  const upload = await allDatasets.get(namespace)
  if (upload) return new Set(upload.state.status === 'ready' ? [upload.state.sha256] : [])
  const model = await allModels.get(namespace)
  if (model) return new Set(model.weights ? [model.weights.sha256] : [])
  // Read before the job, so that the checkpoint of each export is one that the job has or has deleted.
  const exported = await exports.list(namespace)
  const job = await work.get(namespace)
  if (!job) return new Set()
  const reachable = reachableExports(job, exported, await reportEvaluation(of(ownerOf(job)), job))
  // An export of a deleted checkpoint, or a report with an older evaluation, can no longer be requested.
  const unreachable = [...exported.keys()].filter(key => !reachable.has(key))
  await exports.forget(namespace, unreachable)
  const made = [...reachable.values()].map(({ artifact }) => artifact)
  const { artifacts, checkpoints, spec, analysis } = job
  const analysed = analysis?.jobs.map(({ checkpoint }) => checkpoint) ?? []
  const named = [...artifacts, ...checkpoints, ...analysed, ...made, ...(spec.init ? [spec.init] : [])]
  return new Set(named.map(({ sha256 }) => sha256))
}
