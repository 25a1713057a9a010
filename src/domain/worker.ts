import { z } from 'zod'

/** The last report of a supervisor, with the engine and device that it uses. */
export const WorkerStatus = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    engine: z.string(),
    engineVersion: z.string(),
    device: z.string(),
    threads: z.int(),
    memoryBytes: z.int().optional().describe('Memory limit of a training process on this worker.'),
    startedAt: z.iso.datetime(),
    jobId: z.string().optional().describe('The job that it trains now.'),
  })
  .meta({ id: 'Worker' })
export type WorkerStatus = z.infer<typeof WorkerStatus>
