import { join } from 'node:path'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import type { Stores } from '#stores/connect.ts'
import { DamagedBlobError } from './damaged-blob-error.ts'
import { fetchBlob } from './fetch-blob.ts'

/**
 * The newest checkpoint whose file is intact, or else the one that the spec's `init` names, with a warning for each damaged one. @throws
 * errors of a disk or store that is temporarily unavailable, because an older checkpoint would lose epochs
 */
export async function fetchCheckpoint(
  blobs: Stores['blobs'],
  { id, checkpoints, spec }: Pick<Job, 'id' | 'checkpoints' | 'spec'>,
  scratch: string,
): Promise<{ from?: string; init?: string; warnings: Warning[] }> {
  const warnings: Warning[] = []
  for (const checkpoint of checkpoints.toReversed()) {
    try {
      return { from: await fetchToFile(blobs, id, checkpoint.sha256, scratch), warnings }
    } catch (error) {
      if (!isLost(error)) throw error
      const message = `The checkpoint of step ${checkpoint.step} cannot be used: ${(error as Error).message}`
      warnings.push({ code: 'broken_checkpoint', path: 'checkpoint', message })
    }
  }
  if (!spec.init) return { warnings }
  return { init: await fetchToFile(blobs, id, spec.init.sha256, scratch), warnings }
}

/** Whether a blob is lost permanently. */
export function isLost(error: unknown): boolean {
  return error instanceof BlobNotFoundError || error instanceof DamagedBlobError
}

async function fetchToFile(
  blobs: Stores['blobs'],
  jobId: string,
  sha256: string,
  scratch: string,
): Promise<string> {
  const path = join(scratch, `${sha256}.safetensors`)
  await fetchBlob(blobs, jobId, sha256, path)
  return path
}
