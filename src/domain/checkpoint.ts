import { z } from 'zod'
import type { CheckpointSpec } from './training-spec.ts'

/** A place that a training can go on from; its file is a blob under its digest. */
export const Checkpoint = z
  .object({
    epoch: z.int().describe('Epochs that are over.'),
    step: z.int().describe('Updates made.'),
    validationAccuracy: z.number().optional().describe('Absent in the middle of an epoch, as is the loss.'),
    validationLoss: z.number().optional(),
    sizeBytes: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .meta({ id: 'Checkpoint' })
export type Checkpoint = z.infer<typeof Checkpoint>

/** Those that a job keeps, by what they are kept for: the latest, newest first, and the best, best first. */
export function keptCheckpoints(
  checkpoints: readonly Checkpoint[],
  { keepLatest, keepBest, bestBy }: CheckpointSpec,
): { latest: Checkpoint[]; best: Checkpoint[] } {
  const newestFirst = checkpoints.toSorted((a, b) => b.step - a.step)
  const measured = checkpoints.filter(checkpoint => checkpoint[bestBy] !== undefined)
  const sign = bestBy === 'validationLoss' ? 1 : -1
  const bestFirst = measured.toSorted((a, b) => sign * (a[bestBy]! - b[bestBy]!) || a.step - b.step)
  return { latest: newestFirst.slice(0, keepLatest), best: bestFirst.slice(0, keepBest) }
}

/** The checkpoints after one more was made, in the order of their steps, without those that are not to be kept. */
export function addCheckpoint(
  checkpoints: readonly Checkpoint[],
  added: Checkpoint,
  spec: CheckpointSpec,
): Checkpoint[] {
  const others = checkpoints.filter(({ step }) => step !== added.step)
  const { latest, best } = keptCheckpoints([...others, added], spec)
  return [...new Set([...latest, ...best])].sort((a, b) => a.step - b.step)
}
