import { z } from 'zod'

/** An id that is longer than any valid one is refused without a query to Redis. */
export const JobParams = z.object({ jobId: z.string().min(1).max(500) })
