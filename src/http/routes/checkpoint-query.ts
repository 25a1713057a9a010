import { z } from 'zod'

/** `?checkpoint=` of what is made from a job's checkpoints. */
export const CheckpointQuery = z
  .union([z.literal('best'), z.coerce.number().int().min(1)])
  .optional()
  .describe('That of the best or of another epoch, if it was kept; the last otherwise.')
