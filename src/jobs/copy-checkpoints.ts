import { type CheckpointRecord, keptCheckpoints } from '#domain/checkpoint.ts'
import { AppError } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import { type Job, type Origin, withoutLostEpochs } from '#domain/job.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { reassignCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'

/**
 * Copies the checkpoints of a job to a job that continues it. The first attempt of the new job continues from them, like an attempt after a
 * restart.
 * @returns the fields that the new job starts with
 * @throws AppError `conflict` when no checkpoint can be read
 */
export async function copyCheckpoints(
  { blobs }: Pick<Stores, 'blobs'>,
  source: Job,
  spec: TrainingSpec,
  jobId: string,
): Promise<Origin & { warnings: Warning[] }> {
  const training = trainingText(spec)
  const checkpoints: CheckpointRecord[] = []
  const warnings: Warning[] = []
  // The continued job starts the search for its best epoch again.
  for (const { improved: _, ...checkpoint } of keptOf(source, spec)) {
    try {
      const file = reassignCheckpoint(await readBlob(blobs, source.id, checkpoint.sha256), training)
      checkpoints.push({ ...checkpoint, ...(await blobs.put(jobId, [file])) })
    } catch (error) {
      const message = `The checkpoint of step ${checkpoint.step} of ${source.id} cannot be read: ${(error as Error).message}`
      warnings.push({ code: 'broken_checkpoint', path: 'checkpoint', message })
    }
  }
  const last = checkpoints.at(-1)
  if (!last) throw new AppError('conflict', warnings.map(({ message }) => message).join(' '))
  const { metrics, best } = withoutLostEpochs({
    checkpoints,
    ...(source.metrics && { metrics: source.metrics }),
    ...(source.best && { best: source.best }),
  })
  return {
    continuedFrom: { epoch: last.epoch, step: last.step },
    checkpoints,
    ...(metrics && { metrics }),
    ...(best && { best }),
    warnings,
  }
}

/** In the order of their steps. */
function keptOf({ checkpoints }: Job, { checkpoint }: TrainingSpec): CheckpointRecord[] {
  const { latest, best } = keptCheckpoints(checkpoints, checkpoint)
  return [...new Set([...latest, ...best])].sort((a, b) => a.step - b.step)
}
