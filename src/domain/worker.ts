import { z } from 'zod'

/** A supervisor as it last described itself: what really runs there. */
export const WorkerStatus = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    engine: z.string(),
    engineVersion: z.string(),
    device: z.string(),
    threads: z.int(),
    memoryBytes: z.int().optional().describe('The most memory that a training process may hold there.'),
    startedAt: z.iso.datetime(),
    jobId: z.string().optional().describe('The job it trains now.'),
  })
  .meta({ id: 'Worker' })
export type WorkerStatus = z.infer<typeof WorkerStatus>
