import type { Logger } from 'pino'
import type { ServiceStores } from '#stores/connect.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
import { datasetEvent } from '#uploads/dataset-event.ts'
import { uploadIds } from '#uploads/resume-uploads.ts'
import { AWAY_SECONDS, isUploadOwnerAway, renewUploadOwner, uploadOwner } from '#uploads/upload-owner.ts'
import { runPeriodically } from './run-periodically.ts'

const PERIOD_MS = 600_000

type UploadStores = Pick<ServiceStores, 'allDatasets' | 'redis' | 'tenants' | 'of'>

/**
 * Marks the uploads whose files are lost as invalid, at once and then every ten minutes.
 * @param root of this host's uploads
 * @returns a function that stops it
 */
export function settleLostUploads(stores: UploadStores, root: string, logger: Logger): () => Promise<void> {
  return runPeriodically({
    periodMs: PERIOD_MS,
    run: () => settleOnce(stores, root, logger),
    onFailure: err => logger.warn({ err }, 'lost uploads could not be settled'),
  })
}

/** Each host settles its own uploads, and those of hosts that have been unreachable for a day. */
async function settleOnce(stores: UploadStores, root: string, logger: Logger): Promise<void> {
  const own = await uploadOwner(root)
  if (own) await renewUploadOwner(stores.redis, own)
  for await (const record of everyDataset(stores)) {
    if (record.state.status !== 'validating') continue
    const isLost =
      own !== undefined && record.state.owner === own
        ? await hasLostFiles(stores, record, root)
        : await isAbandoned(stores, record.createdAt, record.state.owner)
    if (!isLost) continue
    const error = 'the upload was lost when the service stopped; upload it again'
    const settled = { ...record, state: { status: 'invalid' as const, error } }
    await stores.allDatasets.replace(settled, { event: datasetEvent(settled) })
    logger.warn({ datasetId: record.id }, 'an upload was lost')
  }
}

async function* everyDataset({ tenants, of }: UploadStores): AsyncGenerator<DatasetRecord> {
  for (const tenant of await tenants()) yield* of({ tenant }).datasets.all()
}

/**
 * Looks for the files twice, because another process may be moving them. The record is read after that, because the folder of an upload is
 * deleted after its record is settled.
 */
async function hasLostFiles(
  { allDatasets }: UploadStores,
  { id }: DatasetRecord,
  root: string,
): Promise<boolean> {
  if ((await uploadIds(root)).has(id) || (await uploadIds(root)).has(id)) return false
  return (await allDatasets.get(id))?.state.status === 'validating'
}

/** Whether no process that could have the files has run for a day. Records of older versions name no owner. */
async function isAbandoned(
  { redis }: UploadStores,
  createdAt: string,
  owner: string | undefined,
): Promise<boolean> {
  if (owner !== undefined) return await isUploadOwnerAway(redis, owner)
  return Date.now() - Date.parse(createdAt) > 1000 * AWAY_SECONDS
}
