import { z } from 'zod'
import type { CheckpointSpec } from './training-spec.ts'

/** A checkpoint that training can continue from; its file is a blob under its digest. */
export const CheckpointRecord = z
  .object({
    epoch: z.int().describe('Completed epochs.'),
    step: z.int().describe('Completed steps over the whole job.'),
    phase: z
      .enum(['prune', 'fineTune'])
      .optional()
      .describe('Present after the weights were cut: `prune` at the end of training, or within `fineTune`.'),
    validationAccuracy: z
      .number()
      .optional()
      .describe('Absent, like the loss, if the checkpoint was made within an epoch.'),
    validationLoss: z.number().optional(),
    improved: z
      .literal(true)
      .optional()
      .describe(
        'Its epoch was the best so far by `earlyStopping.metric`. The newest such checkpoint is the model of the job.',
      ),
    sizeBytes: z.int(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .meta({ id: 'Checkpoint' })
export type CheckpointRecord = z.infer<typeof CheckpointRecord>

type Place = Pick<CheckpointRecord, 'epoch' | 'step'> & { phase?: CheckpointRecord['phase'] | undefined }

/**
 * Whether both are of the same place in the training. After the last step of an epoch, a checkpoint of an interruption belongs to the epoch
 * before, because the epoch is complete only when it is measured.
 */
export function isSameCheckpoint(a: Place, b: Place): boolean {
  return a.step === b.step && a.epoch === b.epoch && a.phase === b.phase
}

/** Whether it was made at the end of an epoch, and not at an interruption within an epoch. */
function endsEpoch({ validationLoss }: CheckpointRecord): boolean {
  return validationLoss !== undefined
}

/**
 * The checkpoints that a job keeps: the latest, newest first, the best, best first, and with `earlyStopping` the one of its model. A
 * checkpoint within an epoch is kept in addition to the latest while it is the newest.
 */
export function keptCheckpoints(
  checkpoints: readonly CheckpointRecord[],
  { keepLatest, keepBest, bestBy }: CheckpointSpec,
): { latest: CheckpointRecord[]; best: CheckpointRecord[]; model: CheckpointRecord[] } {
  const newestFirst = checkpoints.toSorted((a, b) => b.step - a.step)
  const interrupted = newestFirst.slice(0, 1).filter(checkpoint => !endsEpoch(checkpoint))
  const measured = newestFirst.filter(endsEpoch)
  const sign = bestBy === 'validationLoss' ? 1 : -1
  const bestFirst = measured.toSorted((a, b) => sign * (a[bestBy]! - b[bestBy]!) || a.step - b.step)
  return {
    latest: [...interrupted, ...measured.slice(0, keepLatest)],
    best: bestFirst.slice(0, keepBest),
    model: measured.filter(({ improved }) => improved).slice(0, 1),
  }
}

/** The checkpoints that are kept after one more was made, in the order of their steps. */
export function addCheckpoint(
  checkpoints: readonly CheckpointRecord[],
  added: CheckpointRecord,
  spec: CheckpointSpec,
): CheckpointRecord[] {
  // The end of an epoch replaces an interruption at its last step, but no interruption replaces the end of an epoch.
  const others = checkpoints.filter(
    known => known.step !== added.step || (endsEpoch(known) && !isSameCheckpoint(known, added)),
  )
  const { latest, best, model } = keptCheckpoints([...others, added], spec)
  return [...new Set([...latest, ...best, ...model])].sort((a, b) => a.step - b.step)
}

interface Checkpointed {
  checkpoints: readonly CheckpointRecord[]
}

/** The last checkpoint that ends an epoch. */
export function lastCheckpoint({ checkpoints }: Checkpointed): CheckpointRecord | undefined {
  return checkpoints.filter(endsEpoch).toSorted((a, b) => b.step - a.step)[0]
}

/** Selects a kept checkpoint: the best one by `checkpoint.bestBy`, the last one that ends an epoch, or that of an epoch. */
export type CheckpointSelector = 'best' | 'latest' | number

/** The checkpoints that end an epoch, one of each epoch, in the order of their steps. */
export function epochCheckpoints({ checkpoints }: Checkpointed): CheckpointRecord[] {
  const byEpoch = new Map(checkpoints.filter(endsEpoch).map(checkpoint => [checkpoint.epoch, checkpoint]))
  return [...byEpoch.values()]
}

/** The checkpoint of a job's model, or the selected one. */
export function findCheckpoint(
  job: Checkpointed & { spec: { checkpoint: CheckpointSpec } },
  which?: CheckpointSelector,
): CheckpointRecord | undefined {
  const { latest, best, model } = keptCheckpoints(job.checkpoints, job.spec.checkpoint)
  if (which === undefined) return model[0] ?? lastCheckpoint(job)
  if (which === 'best') return best[0]
  if (which === 'latest') return lastCheckpoint(job)
  return [...latest, ...best, ...model].filter(endsEpoch).find(({ epoch }) => epoch === which)
}
