import { z } from 'zod'
import type { CheckpointSpec } from './training-spec.ts'

/** A checkpoint that training can continue from; its file is a blob under its digest. */
export const CheckpointRecord = z
  .object({
    epoch: z.int().describe('Completed epochs.'),
    step: z.int().describe('Completed steps over the whole job.'),
    validationAccuracy: z
      .number()
      .optional()
      .describe('Absent, like the loss, if the checkpoint was made within an epoch.'),
    validationLoss: z.number().optional(),
    sizeBytes: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .meta({ id: 'Checkpoint' })
export type CheckpointRecord = z.infer<typeof CheckpointRecord>

/** Whether it was made at the end of an epoch, and not at an interruption within an epoch. */
function endsEpoch({ validationLoss }: CheckpointRecord): boolean {
  return validationLoss !== undefined
}

/**
 * The checkpoints that a job keeps: the latest, newest first, and the best, best first. A checkpoint within an epoch is kept in
 * addition to the latest while it is the newest.
 */
export function keptCheckpoints(
  checkpoints: readonly CheckpointRecord[],
  { keepLatest, keepBest, bestBy }: CheckpointSpec,
): { latest: CheckpointRecord[]; best: CheckpointRecord[] } {
  const newestFirst = checkpoints.toSorted((a, b) => b.step - a.step)
  const interrupted = newestFirst.slice(0, 1).filter(checkpoint => !endsEpoch(checkpoint))
  const measured = newestFirst.filter(endsEpoch)
  const sign = bestBy === 'validationLoss' ? 1 : -1
  const bestFirst = measured.toSorted((a, b) => sign * (a[bestBy]! - b[bestBy]!) || a.step - b.step)
  return {
    latest: [...interrupted, ...measured.slice(0, keepLatest)],
    best: bestFirst.slice(0, keepBest),
  }
}

/** The checkpoints that are kept after one more was made, in the order of their steps. */
export function addCheckpoint(
  checkpoints: readonly CheckpointRecord[],
  added: CheckpointRecord,
  spec: CheckpointSpec,
): CheckpointRecord[] {
  const others = checkpoints.filter(({ step }) => step !== added.step)
  const { latest, best } = keptCheckpoints([...others, added], spec)
  return [...new Set([...latest, ...best])].sort((a, b) => a.step - b.step)
}

/** The last checkpoint made at the end of an epoch; with `which`, the best one or that of a given epoch. */
export function findCheckpoint(
  { checkpoints, spec }: { checkpoints: readonly CheckpointRecord[]; spec: { checkpoint: CheckpointSpec } },
  which?: 'best' | number,
): CheckpointRecord | undefined {
  const { latest, best } = keptCheckpoints(checkpoints, spec.checkpoint)
  const kept = [...latest, ...best].filter(endsEpoch)
  if (which === undefined) return kept.toSorted((a, b) => b.step - a.step)[0]
  return which === 'best' ? best[0] : kept.find(({ epoch }) => epoch === which)
}
