import { z } from 'zod'

/** `?checkpoint=` of what is made from a job's checkpoints. */
export const CheckpointQuery = z
  .union([z.enum(['best', 'latest']), z.coerce.number().int().min(1)], {
    error: 'must be "best", "latest" or the number of an epoch',
  })
  .optional()
  .transform(which => (which === 'latest' ? undefined : which))
  .describe('That of the best or of another epoch, if it was kept; the latest unless it is given.')
