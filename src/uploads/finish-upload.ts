import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import type { BlobStore } from '#stores/blobs/blob-store.ts'
import type { Stores } from '#stores/connect.ts'
import { redisKeys } from '#stores/redis-keys.ts'
import { type DatasetRecord, isComplete, isUploading, type UploadingDataset } from '#stores/upload-records.ts'
import type { Intake } from './create-dataset.ts'
import { datasetEvent } from './dataset-event.ts'
import { type DatasetUpload, describeUpload, ingestUpload, type UploadStores } from './ingest-upload.ts'
import { logUploadFault } from './log-upload-fault.ts'

/** After this time without a renewal, the process that assembles an upload has ended. */
const LEASE_MS = 10_000

export type FinishStores = UploadStores &
  Pick<Stores, 'redis' | 'lease'> & { datasets: Pick<Stores['datasets'], 'require' | 'revise'> }

/**
 * Validates an upload in chunks whose last chunk has arrived, as if its files had arrived in a form; does nothing while another process
 * does it. If this process dies, the record is `uploading` and complete until the files are in a folder, so that any process can begin
 * again; after that, it is `validating`, and this host continues as with every upload.
 */
export async function finishUpload(
  stores: FinishStores,
  id: string,
  uploadsDir: string,
  { stopping, log }: Pick<Intake, 'stopping' | 'log'>,
): Promise<void> {
  const duty = `assemble-${id}`
  if (!(await stores.lease(duty, LEASE_MS))) return
  const lease = redisKeys.lease(duty)
  const renewal = setInterval(() => void stores.redis.pexpire(lease, LEASE_MS).catch(() => {}), LEASE_MS / 3)
  try {
    const assembled = await assemble(stores, id, uploadsDir)
    if (!assembled) return
    const { record, upload, folder } = assembled
    log.info({ datasetId: id, format: upload.request.format }, 'dataset uploaded in chunks')
    await ingestUpload(stores, record, upload, folder, error => logUploadFault(log, error, id))
  } catch (err) {
    if (!stopping.aborted) log.error({ err, datasetId: id }, 'an upload in chunks could not be validated')
    if (err instanceof BlobNotFoundError) await endDamaged(stores, id)
  } finally {
    clearInterval(renewal)
    await stores.redis.del(lease).catch(() => {})
  }
}

/** An upload of which a chunk is missing would be assembled again and again. */
async function endDamaged({ datasets, blobs }: FinishStores, id: string): Promise<void> {
  const error = 'a chunk of the upload is missing; upload the files again'
  const record: DatasetRecord = { ...(await datasets.require(id)), state: { status: 'invalid', error } }
  await datasets.replace(record, { event: datasetEvent(record) })
  await blobs.deleteAll(id)
}

/** @returns undefined if the record is not a complete upload any more */
async function assemble(stores: FinishStores, id: string, uploadsDir: string) {
  const complete = await stores.datasets.require(id)
  if (!isUploading(complete) || !isComplete(complete)) return undefined
  const folder = join(uploadsDir, id)
  // Not the name of a dataset: if this process dies, the next one deletes the folder.
  const unfinished = `${folder}.${randomUUID()}`
  await mkdir(unfinished, { recursive: true })
  try {
    await writeFiles(stores.blobs, complete, unfinished)
    await rm(folder, { recursive: true, force: true })
    await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  const upload: DatasetUpload = {
    request: complete.state.request,
    files: complete.files.map(({ name }, index) => ({ name, path: join(folder, String(index)) })),
  }
  const state = await describeUpload(stores.redis, upload, folder)
  const record = await recordAssembled(stores, id, state)
  if (!record) return void (await rm(folder, { recursive: true, force: true }))
  for (const sha256 of new Set(complete.files.flatMap(({ chunks }) => chunks)))
    await stores.blobs.delete(id, sha256)
  return { record, upload, folder }
}

/** @returns undefined if another process was faster */
async function recordAssembled(
  { datasets }: FinishStores,
  id: string,
  state: DatasetRecord['state'],
): Promise<DatasetRecord | undefined> {
  const assembled = await datasets.revise(id, current =>
    isUploading(current)
      ? { ...current, files: current.files.map(file => ({ ...file, chunks: [] })), state }
      : current,
  )
  return assembled.state === state ? assembled : undefined
}

async function writeFiles(blobs: BlobStore, { id, files }: UploadingDataset, folder: string): Promise<void> {
  for (const [index, { chunks }] of files.entries()) {
    const content = Readable.from(contentOf(blobs, id, chunks), { objectMode: false })
    await pipeline(content, createWriteStream(join(folder, String(index))))
  }
}

async function* contentOf(blobs: BlobStore, id: string, chunks: readonly string[]) {
  for (const sha256 of chunks) yield* (await blobs.open(id, sha256)).stream
}
