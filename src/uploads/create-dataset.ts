import { mkdir } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Children } from '#children/open-children.ts'
import { invalidRequest } from '#domain/error.ts'
import type { FolderRequest } from '#ingest/dataset-request.ts'
import type { Stores } from '#stores/connect.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
import { folderOf } from './dataset-files.ts'
import { type DatasetUpload, ingestUpload, recordUpload } from './ingest-upload.ts'
import { logUploadFault } from './log-upload-fault.ts'

/** An upload whose files have arrived. */
export interface NewDataset {
  id: string
  upload: DatasetUpload
  /** The folder with its files, in which it is validated. */
  folder: string
}

export interface Intake {
  /** The time to wait for the outcome of the validation. */
  patienceMs: number
  /** Aborted when the service stops; after a restart, the service validates the unfinished uploads. */
  stopping: AbortSignal
  log: Pick<Logger, 'info' | 'error'>
}

/**
 * Records an upload and validates it.
 * @returns its record: with the outcome if it is known within `patienceMs`, `validating` otherwise
 */
export async function createDataset(
  stores: Pick<Stores, 'owner' | 'redis' | 'datasets' | 'blobs' | 'tenantSettings' | 'keys'> &
    Pick<Children, 'ingester'>,
  { id, upload, folder }: NewDataset,
  { patienceMs, stopping, log }: Intake,
): Promise<DatasetRecord> {
  await mkdir(folder, { recursive: true })
  const record = await recordUpload(stores, id, upload, folder)
  const onFault = (error: Error) => logUploadFault(log, error, id)
  const validating = ingestUpload(stores, record, upload, folder, onFault).catch(err => {
    if (!stopping.aborted) log.error({ err, datasetId: id }, 'a dataset could not be validated')
    return record
  })
  return (await knownWithin(validating, patienceMs)) ?? record
}

/** @returns undefined if the outcome is not known within `patienceMs` */
export async function knownWithin<T>(outcome: Promise<T>, patienceMs: number): Promise<T | undefined> {
  const answered = new AbortController()
  const impatient = pause(patienceMs, undefined, { signal: answered.signal }).catch(() => undefined)
  const known = await Promise.race([outcome, impatient])
  answered.abort()
  return known
}

/**
 * A folder of images in DATASETS_DIR, as an upload.
 * @throws AppError `invalid_request` when there is no such folder
 */
export async function folderUpload(datasetsDir: string, request: FolderRequest): Promise<DatasetUpload> {
  const path = await folderOf(datasetsDir, request.folder)
  if (!path) throw invalidRequest('folder', `there is no folder "${request.folder}" in DATASETS_DIR`)
  return { request, files: [{ name: request.folder, path }] }
}
