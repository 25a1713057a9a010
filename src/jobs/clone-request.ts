import { z } from 'zod'
import { EarlyStopping } from '#domain/early-stopping.ts'
import { InitRequest } from '#domain/init-spec.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { Target } from '#optimization/cut.ts'
import { FinishRequest } from '#optimization/finish.ts'

/** The body of `POST /v1/jobs/:jobId/clone`: each field replaces the whole field of the job. */
export const CloneRequest = JobRequest.partial()
  .extend({
    init: InitRequest.nullable().optional().describe('null starts from new weights.'),
    earlyStopping: EarlyStopping.nullable().optional().describe('null trains all epochs.'),
    mask: JobRequest.shape.mask.unwrap().nullable().optional().describe('null trains all weights.'),
    target: Target.nullable()
      .optional()
      .describe('null removes the target. If the target chose c, `optimizer` must be given, too.'),
    finish: FinishRequest.nullable()
      .optional()
      .describe('null ends the job after its last epoch of training.'),
    continue: z
      .boolean()
      .default(false)
      .describe(
        'Whether to continue from the last checkpoint of the job, with the state and the clock of the optimizer. Only fields that do not change the training may then be replaced: name, labels, artifacts, checkpoint, earlyStopping (which counts from the first new epoch), limits, priority, and `epochs` if the schedule does not depend on it.',
      ),
  })
  .meta({ id: 'CloneRequest', examples: [{ name: 'once more, longer', epochs: 20, continue: true }] })
export type CloneRequest = z.infer<typeof CloneRequest>
