import { z } from 'zod'

/** Longer ids than any that was given out are refused before Redis is asked. */
export const JobParams = z.object({ jobId: z.string().min(1).max(500) })
