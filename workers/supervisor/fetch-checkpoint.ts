import { join } from 'node:path'
import type { CheckpointRecord } from '#domain/checkpoint.ts'
import { restoresBest } from '#domain/early-stopping.ts'
import type { Warning } from '#domain/event.ts'
import type { Job } from '#domain/job.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { DamagedBlobError } from '#stores/blobs/damaged-blob-error.ts'
import { fetchBlob } from '#stores/blobs/fetch-blob.ts'
import type { ServiceStores } from '#stores/connect.ts'

type StoredJob = Pick<Job, 'id' | 'checkpoints' | 'spec' | 'continuedFrom'>

/** Files that a training starts from, as a runner's task names them. */
interface StartFiles {
  from?: string
  best?: string
  init?: string
}

/**
 * The newest checkpoint whose file is intact, with the one of the best epoch until then if the job needs it, or else the one that the
 * spec's `init` names. There is a warning for each damaged one.
 * @throws errors of a disk or store that is temporarily unavailable, because an older checkpoint would lose epochs
 */
export async function fetchCheckpoint(
  blobs: ServiceStores['blobs'],
  job: StoredJob,
  scratch: string,
): Promise<StartFiles & { warnings: Warning[] }> {
  const { id, checkpoints, spec } = job
  const warnings: Warning[] = []
  for (const checkpoint of checkpoints.toReversed()) {
    const best = checkpoints.findLast(({ improved, step }) => improved && step <= checkpoint.step)
    if (!best && needsBest(job, checkpoint)) continue
    try {
      const from = await fetchToFile(blobs, id, checkpoint.sha256, scratch)
      if (!best) return { from, warnings }
      const isSame = best.sha256 === checkpoint.sha256
      return { from, best: isSame ? from : await fetchToFile(blobs, id, best.sha256, scratch), warnings }
    } catch (error) {
      if (!isLost(error)) throw error
      const message = `The checkpoint of step ${checkpoint.step} cannot be used: ${(error as Error).message}`
      warnings.push({ code: 'broken_checkpoint', path: 'checkpoint', message })
    }
  }
  if (!spec.init) return { warnings }
  return { init: await fetchToFile(blobs, id, spec.init.sha256, scratch), warnings }
}

/**
 * Whether the model may turn out to be that of an epoch before the checkpoint. The job has dropped the checkpoint of that epoch if a
 * later one, which is damaged now, was better: then the training starts at an earlier one.
 */
function needsBest({ spec, continuedFrom }: StoredJob, { epoch }: CheckpointRecord): boolean {
  return restoresBest(spec) && epoch > (continuedFrom?.epoch ?? 0)
}

/** Whether a blob is lost permanently. */
export function isLost(error: unknown): boolean {
  return error instanceof BlobNotFoundError || error instanceof DamagedBlobError
}

/** Copies a checkpoint to the scratch folder of an attempt. @returns its path */
export async function fetchToFile(
  blobs: ServiceStores['blobs'],
  jobId: string,
  sha256: string,
  scratch: string,
): Promise<string> {
  const path = join(scratch, `${sha256}.safetensors`)
  await fetchBlob(blobs, jobId, sha256, path)
  return path
}
