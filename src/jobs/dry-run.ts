import { z } from 'zod'
import { Warning } from '#domain/event.ts'
import { TrainingSpec } from '#domain/training-spec.ts'
import { estimateSeconds } from '#forecast/estimate-seconds.ts'
import type { Stores } from '#stores/connect.ts'
import { memoryMistake } from './check-memory.ts'
import { findRoom } from './find-room.ts'
import { planInTurn } from './plan-in-turn.ts'
import type { JobDraft } from './submit-job.ts'

const Plan = z.object({
  parameters: z.int(),
  trainingExamples: z.int(),
  stepsPerEpoch: z.int(),
  memoryBytes: z.int().describe('Expected peak memory of the training process.'),
  denseBytes: z.int(),
  forecastArtifactBytes: z
    .int()
    .optional()
    .describe('Size of model.sparse.safetensors after the last epoch; absent if its sparsity is not known.'),
  initialWeightsHoldSteps: z
    .int()
    .optional()
    .describe('The last step at which the initial weights alone forecast the sparsity, within 0.3 points.'),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      learningRate: z.number().describe('At the last step of the epoch, like the threshold.'),
      threshold: z.number().optional(),
      initialSparsity: z
        .number()
        .optional()
        .describe(
          'Share of the initial weights within the threshold: the sparsity if no gradient moved a weight. Later epochs usually end below it.',
        ),
      forecastSparsity: z
        .number()
        .optional()
        .describe('Expected sparsity; absent if neither the initial weights nor finished jobs tell it.'),
      forecastBasis: z
        .enum(['initialWeights', 'finishedJobs'])
        .optional()
        .describe(
          '`initialWeights`: it is early, and training has hardly moved the weights. `finishedJobs`: estimated from jobs with the same model and data.',
        ),
    }),
  ),
})

/** The answer to a dry run. */
export const DryRun = z
  .object({
    spec: TrainingSpec,
    warnings: z.array(Warning),
    plan: Plan,
    memory: z.object({
      neededBytes: z
        .int()
        .describe(
          'Measured peak of the last similar training on the engine of the largest worker; the estimate of the plan if there is none.',
        ),
      largestWorkerBytes: z.int().optional().describe('The highest memory limit of a live worker.'),
    }),
    queuePosition: z.int().describe('1 is next.'),
    estimatedSeconds: z
      .number()
      .optional()
      .describe(
        'Running time, without the queue, from finished jobs of the model on the engines of the live workers; absent if there is none with a similar batch size.',
      ),
  })
  .meta({ id: 'DryRun' })
export type DryRun = z.infer<typeof DryRun>

/** Plans a job without storing anything. @throws AppError `unavailable` */
export async function dryRun(
  { measurements, queue, workers }: Pick<Stores, 'measurements' | 'queue' | 'workers'>,
  { spec, warnings, initFile, trainedEpochs }: Omit<JobDraft, 'origin' | 'copyFiles'>,
): Promise<DryRun> {
  const runs = await measurements.finishedRuns(spec.model)
  const plan = await planInTurn(spec, { runs, ...(initFile && { initFile }) })
  const queuePosition = await queue.positionOfNext(spec.priority)
  const engines = new Set((await workers.list()).map(({ engine }) => engine))
  const estimatedSeconds = estimateSeconds(spec, runs, engines, trainedEpochs)
  const room = await findRoom({ measurements, workers }, spec)
  const mistake = memoryMistake(spec, room)
  return {
    spec,
    warnings: mistake ? [...warnings, { code: 'insufficient_memory', ...mistake }] : warnings,
    plan,
    memory: {
      neededBytes: room.neededBytes,
      ...(room.largestBytes !== undefined && { largestWorkerBytes: room.largestBytes }),
    },
    queuePosition,
    ...(estimatedSeconds !== undefined && { estimatedSeconds }),
  }
}
