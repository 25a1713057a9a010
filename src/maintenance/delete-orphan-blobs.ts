import type { Logger } from 'pino'
import { ownerOf } from '#access/owner.ts'
import { namedFiles } from '#jobs/named-files.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
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
  if (upload) return namesOfDataset(upload)
  const model = await allModels.get(namespace)
  if (model) {
    const exported = model.source ? [...(await exports.list(namespace)).values()] : []
    const files = [...(model.source?.artifacts ?? []), ...exported, ...(model.weights ? [model.weights] : [])]
    return new Set(files.map(({ sha256 }) => sha256))
  }
  const exported = await exports.list(namespace)
  const job = await work.get(namespace)
  if (!job) return new Set()
  return await namedFiles(of(ownerOf(job)), job, exported)
}

function namesOfDataset({ state, files = [] }: DatasetRecord): ReadonlySet<string> {
  return new Set(state.status === 'ready' ? [state.sha256] : files.flatMap(({ chunks }) => chunks))
}
