import { z } from 'zod'

/** An id that is longer than any existing one is refused without a query to Redis. */
export const JobParams = z.object({ jobId: z.string().min(1).max(500) })
