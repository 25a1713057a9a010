import { ownedBy } from '#access/owner.ts'
import { quotaExceeded } from '#access/quota-exceeded.ts'
import type { DatasetUploadRequest } from '#ingest/dataset-request.ts'
import type { Stores } from '#stores/connect.ts'
import type { IdempotencyClaim } from '#stores/idempotency-store.ts'
import { newId } from '#stores/new-id.ts'
import { storageLimits } from '#stores/stored-bytes.ts'
import { allowedTo } from '#stores/tenant-limits.ts'
import type { DatasetRecord, UploadingDataset } from '#stores/upload-records.ts'

/**
 * Records a dataset whose files will arrive in chunks. Their announced sizes count as stored bytes from now on.
 * @returns the record; that of an earlier request with the same claim, if there is one
 * @throws AppError `quota_exceeded`, `idempotency_key_reused`; `not_found` if that of the earlier request was deleted
 */
export async function announceUpload(
  stores: Pick<Stores, 'owner' | 'datasets' | 'tenantSettings' | 'keys'>,
  { files, ...request }: DatasetUploadRequest,
  claim: IdempotencyClaim | undefined,
): Promise<{ record: DatasetRecord; replayed: boolean }> {
  const record: UploadingDataset = {
    id: newId('dataset'),
    name: request.name,
    ...ownedBy(stores.owner),
    createdAt: new Date().toISOString(),
    files: files.map(file => ({ ...file, receivedBytes: 0, chunks: [] })),
    state: { status: 'uploading', request },
  }
  const limits = storageLimits(await allowedTo(stores))
  const announced = await stores.datasets.announce(record, { limits, claim })
  if (announced.type === 'refused') throw quotaExceeded(announced.use)
  if (announced.type === 'stored') return { record, replayed: false }
  return { record: await stores.datasets.require(announced.datasetId), replayed: true }
}
