import { z } from 'zod'

/** The query parameter `checkpoint`, which selects one of the checkpoints of a job. */
export const CheckpointQuery = z
  .union([z.enum(['best', 'latest']), z.coerce.number().int().min(1)], {
    error: 'must be "best", "latest" or the number of an epoch',
  })
  .optional()
  .describe(
    '`best` (by `checkpoint.bestBy`), `latest` or the number of an epoch whose checkpoint the job has; by default the latest, or with `earlyStopping` that of the model.',
  )
