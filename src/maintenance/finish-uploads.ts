import type { Logger } from 'pino'
import type { Children } from '#children/open-children.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { isComplete, isUploading } from '#stores/upload-records.ts'
import { finishUpload } from '#uploads/finish-upload.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 10_000
/** An upload without a new chunk for this time is deleted. */
const ABANDONED_MS = 86_400_000

type FinishingStores = Pick<
  ServiceStores,
  'allDatasets' | 'redis' | 'lease' | 'blobs' | 'tenantSettings' | 'keys'
> &
  Pick<Children, 'ingester'>

/**
 * Every ten seconds, validates the uploads in chunks that a process received completely before it died, and deletes those that no client
 * continues.
 * @param uploadsDir in which this process assembles files
 * @returns a function that stops it
 */
export function finishUploads(
  stores: FinishingStores,
  uploadsDir: string,
  logger: Logger,
): () => Promise<void> {
  const stopping = new AbortController()
  const stop = runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores, name: 'finish-uploads' },
    run: () => finishOnce(stores, uploadsDir, { now: Date.now(), stopping: stopping.signal, log: logger }),
    onFailure: err => logger.warn({ err }, 'uploads in chunks could not be finished'),
  })
  return async () => {
    stopping.abort()
    await stop()
  }
}

interface Context {
  /** In milliseconds since 1970. */
  now: number
  stopping: AbortSignal
  log: Logger
}

export async function finishOnce(
  stores: FinishingStores,
  uploadsDir: string,
  context: Context,
): Promise<void> {
  for (const upload of await stores.allDatasets.uploads())
    await finishOne(stores, upload, uploadsDir, context).catch(logFault(upload.id, context))
}

const logFault =
  (datasetId: string, { log }: Context) =>
  (err: unknown) =>
    log.error({ err, datasetId }, 'an upload in chunks could not be finished')

async function finishOne(
  { allDatasets, ...stores }: FinishingStores,
  { id, lastChunkAt }: { id: string; lastChunkAt: number },
  uploadsDir: string,
  context: Context,
): Promise<void> {
  const record = await allDatasets.get(id)
  if (!record || !isUploading(record)) return await allDatasets.endUpload(id)
  // Not awaited: validating a large dataset takes long, and other uploads must not wait for it.
  if (isComplete(record)) {
    const finishing = finishUpload({ ...stores, datasets: allDatasets }, id, uploadsDir, context)
    return void finishing.catch(logFault(id, context))
  }
  if (context.now - lastChunkAt < ABANDONED_MS) return
  await allDatasets.delete(id)
  await stores.blobs.deleteAll(id)
  await allDatasets.endUpload(id)
  context.log.info({ datasetId: id }, 'deleted an upload that was not continued')
}
