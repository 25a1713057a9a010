import { createReadStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ownedBy, ownerOf, tenantOf } from '#access/owner.ts'
import { quotaExceeded } from '#access/quota-exceeded.ts'
import type { Ingested } from '#children/ingester.ts'
import type { Children } from '#children/open-children.ts'
import { ServiceStopping } from '#children/service-stopping.ts'
import { AppError } from '#domain/error.ts'
import { FormatError } from '#formats/format-error.ts'
import type { DatasetRequest, FolderRequest } from '#ingest/dataset-request.ts'
import type { SourceFile } from '#ingest/source-file.ts'
import type { Stores } from '#stores/connect.ts'
import { isOutOfSpace } from '#stores/out-of-space.ts'
import { retry } from '#stores/retry.ts'
import { storageLimits } from '#stores/stored-bytes.ts'
import { allowedTo } from '#stores/tenant-limits.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
import { datasetEvent } from './dataset-event.ts'
import { attemptsOf, storeAttempts } from './upload-attempts.ts'
import { ensureUploadOwner, renewUploadOwner } from './upload-owner.ts'

/** The uploaded files of a dataset. */
export interface DatasetUpload {
  request: DatasetRequest | FolderRequest
  files: readonly SourceFile[]
}

/** The file in an upload's folder that describes the upload. */
export const DESCRIPTION_FILE = 'upload.json'
/** An upload is not read again if the service has ended this many times while reading it. */
const MOST_ATTEMPTS = 3
/** The time to wait for stores that do not answer. After that, the upload is read again when the service starts. */
const STORES_SECONDS = 600

export type UploadStores = Pick<Stores, 'blobs' | 'tenantSettings' | 'keys'> & {
  datasets: Pick<Stores['datasets'], 'get' | 'replace'>
} & Pick<Children, 'ingester'>
type State = DatasetRecord['state']

/**
 * Stores a description of the upload beside its files, so that another process can read them if this one dies.
 * @param folder `ROOT/PROCESS/ID`
 * @returns the state of the dataset that refers to the files
 */
export async function describeUpload(
  redis: Stores['redis'],
  upload: DatasetUpload,
  folder: string,
): Promise<State & { status: 'validating' }> {
  await writeFile(join(folder, DESCRIPTION_FILE), JSON.stringify(upload))
  const owner = await ensureUploadOwner(dirname(dirname(folder)))
  await renewUploadOwner(redis, owner)
  return { status: 'validating', owner }
}

/** Stores a description of the upload, and a record of the dataset. @param folder `ROOT/PROCESS/ID` */
export async function recordUpload(
  { owner: createdBy, datasets, redis }: Pick<Stores, 'owner' | 'datasets' | 'redis'>,
  id: string,
  upload: DatasetUpload,
  folder: string,
): Promise<DatasetRecord> {
  const state = await describeUpload(redis, upload, folder)
  const record: DatasetRecord = {
    id,
    name: upload.request.name,
    ...ownedBy(createdBy),
    createdAt: new Date().toISOString(),
    state,
  }
  await datasets.create(record)
  return record
}

/**
 * Validates an upload, stores its dataset or the error, and deletes its folder. If it throws, the record is unchanged and `resumeUploads`
 * reads the upload again when the service starts.
 * @param onFault called with a fault of the service, or with a library's error about a refused file
 * @param storesSeconds how long to wait for stores that do not answer
 * @returns the new record
 */
export async function ingestUpload(
  stores: UploadStores,
  record: DatasetRecord,
  upload: DatasetUpload,
  folder: string,
  onFault: (error: Error) => void,
  storesSeconds = STORES_SECONDS,
): Promise<DatasetRecord> {
  const { blobs, ingester } = stores
  const untilAnswered = <T>(work: () => Promise<T>) =>
    retry(work, { isFinal: error => error instanceof TypeError, seconds: storesSeconds })
  const read = await readUpload(ingester, record, upload, folder, onFault)
  const state: State =
    'status' in read
      ? read
      : {
          status: 'ready',
          ...(await untilAnswered(() => blobs.put(record.id, createReadStream(read.path)))),
          facts: read.facts,
        }
  const settled = await untilAnswered(() => settle(stores, { ...record, state }))
  if (settled.state.status !== 'ready') await untilAnswered(() => blobs.deleteAll(record.id))
  await rm(folder, { recursive: true, force: true })
  return settled
}

/** Stores the outcome of an upload. @returns the record: invalid if it would exceed a quota or was deleted meanwhile */
async function settle(stores: UploadStores, settled: DatasetRecord): Promise<DatasetRecord> {
  const owned = { ...stores, owner: ownerOf(settled) }
  const limits = storageLimits(await allowedTo(owned))
  const put = await stores.datasets.replace(settled, { event: datasetEvent(settled), limits })
  if (put.type === 'stored') return settled
  const error = put.type === 'refused' ? quotaExceeded(put.use).message : 'the dataset was deleted'
  const invalid: DatasetRecord = { ...settled, state: { status: 'invalid', error } }
  if (put.type === 'refused') await stores.datasets.replace(invalid, { event: datasetEvent(invalid) })
  return invalid
}

/** The dataset of an upload, or why it is invalid. @throws ServiceStopping; AppError `unavailable`; Error for a full disk */
async function readUpload(
  ingester: Children['ingester'],
  record: DatasetRecord,
  upload: DatasetUpload,
  folder: string,
  onFault: (error: Error) => void,
): Promise<Ingested | (State & { status: 'invalid' })> {
  const attempts = attemptsOf(folder)
  if (attempts >= MOST_ATTEMPTS)
    return { status: 'invalid', error: `the service ended ${attempts} times while it was reading the upload` }
  try {
    // Counted only when reading begins, because another upload may end the service while this one waits.
    const onBegin = () => storeAttempts(folder, attempts + 1)
    const ingest = () => ingestInto(folder, ingester, upload, tenantOf(record), onBegin)
    const ingested = await retry(ingest, { isFinal: error => !isTemporary(error), seconds: STORES_SECONDS })
    storeAttempts(folder, attempts)
    return ingested
  } catch (error) {
    if (error instanceof FormatError) {
      if (error.cause) onFault(error)
      return { status: 'invalid', error: error.message }
    }
    if (error instanceof AppError || isOutOfSpace(error)) {
      storeAttempts(folder, attempts)
      throw error
    }
    onFault(error as Error)
    return {
      status: 'invalid',
      error: `the upload could not be read because of an internal error; the server log has the cause under ${record.id}`,
    }
  }
}

async function ingestInto(
  folder: string,
  ingester: Children['ingester'],
  { request, files }: DatasetUpload,
  tenant: string,
  onBegin: () => void,
): Promise<Ingested> {
  const workDir = join(folder, 'work')
  await rm(workDir, { recursive: true, force: true })
  await mkdir(workDir)
  try {
    return await ingester.ingest({ request, files, folder: workDir }, onBegin, tenant)
  } catch (error) {
    // On a full disk, this frees space for which this or another validation waits.
    if (isOutOfSpace(error)) await rm(workDir, { recursive: true, force: true })
    throw error
  }
}

/** Whether reading failed for a temporary reason. */
function isTemporary(error: unknown): boolean {
  return isOutOfSpace(error) || (error instanceof AppError && !(error instanceof ServiceStopping))
}
