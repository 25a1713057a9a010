import { z } from 'zod'
import { InitRequest } from '#domain/init-spec.ts'
import { JobRequest } from '#domain/training-spec.ts'

/** What `POST /v1/jobs/:jobId/clone` takes: each field replaces that of the job, whole. */
export const CloneRequest = JobRequest.partial()
  .extend({
    init: InitRequest.nullable().optional().describe('null: start from new weights.'),
    continue: z
      .boolean()
      .default(false)
      .describe(
        "Whether to go on from the job's last checkpoint, the optimizer's state and clock included. Then only what does not change the training may be replaced: name, labels, artifacts, checkpoint, limits, priority, and `epochs` where the schedule does not depend on them.",
      ),
  })
  .meta({ id: 'CloneRequest', examples: [{ name: 'once more, longer', epochs: 20, continue: true }] })
export type CloneRequest = z.infer<typeof CloneRequest>
