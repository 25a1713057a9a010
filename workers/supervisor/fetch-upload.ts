import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { fetchBlob } from '#stores/blobs/fetch-blob.ts'
import type { ServiceStores } from '#stores/connect.ts'

/**
 * The file of the uploaded dataset that a job trains on; undefined if it trains on another. The last file is kept for the next job.
 * @param folder contains only such files
 * @throws BlobNotFoundError, DamagedBlobError; errors of the disk or store
 */
export async function fetchUpload(
  blobs: ServiceStores['blobs'],
  { dataset: { id, upload } }: Pick<TrainingSpec, 'dataset'>,
  folder: string,
): Promise<string | undefined> {
  if (!upload) return undefined
  const path = join(folder, `${upload.sha256}.safetensors`)
  if (await stat(path).catch(() => undefined)) return path
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) await rm(join(folder, name))
  await fetchBlob(blobs, id, upload.sha256, path)
  return path
}
