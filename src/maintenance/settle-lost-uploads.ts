import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Stores } from '#stores/connect.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
import { uploadIds } from '#uploads/resume-uploads.ts'
import { AWAY_SECONDS, isUploadOwnerAway, renewUploadOwner, uploadOwner } from '#uploads/upload-owner.ts'

const PERIOD_MS = 600_000

type UploadStores = Pick<Stores, 'datasets' | 'redis'>

/**
 * Settles, at once and then every ten minutes, the uploads whose files are gone. @param root of this host's uploads
 * @returns a function that ends it
 */
export function settleLostUploads(stores: UploadStores, root: string, logger: Logger): () => Promise<void> {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await settleOnce(stores, root, logger).catch(err =>
        logger.warn({ err }, 'lost uploads were not settled'),
      )
      await pause(PERIOD_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return async () => {
    stopping.abort()
    await running
  }
}

/** Each host judges its own uploads; any host those of one that has been away for a day. */
async function settleOnce(stores: UploadStores, root: string, logger: Logger): Promise<void> {
  const own = await uploadOwner(root)
  if (own) await renewUploadOwner(stores.redis, own)
  for await (const record of stores.datasets.all()) {
    if (record.state.status !== 'validating') continue
    const isLost =
      own !== undefined && record.state.owner === own
        ? await hasLostFiles(stores, record, root)
        : await isForsaken(stores, record.createdAt, record.state.owner)
    if (!isLost) continue
    const error = 'the upload was lost when the service stopped; upload it again'
    await stores.datasets.replace({ ...record, state: { status: 'invalid', error } })
    logger.warn({ datasetId: record.id }, 'an upload was lost')
  }
}

/**
 * Looked for twice, since another process may be claiming the files. The record is read after that: an upload that is settled
 * meanwhile loses its folder last.
 */
async function hasLostFiles(
  { datasets }: UploadStores,
  { id }: DatasetRecord,
  root: string,
): Promise<boolean> {
  if ((await uploadIds(root)).has(id) || (await uploadIds(root)).has(id)) return false
  return (await datasets.get(id))?.state.status === 'validating'
}

/** Whether nobody that could have the files has lived for a day. Older versions did not note an owner. */
async function isForsaken(
  { redis }: UploadStores,
  createdAt: string,
  owner: string | undefined,
): Promise<boolean> {
  if (owner !== undefined) return await isUploadOwnerAway(redis, owner)
  return Date.now() - Date.parse(createdAt) > 1000 * AWAY_SECONDS
}
