import { z } from 'zod'
import { Warning } from '#domain/event.ts'
import { TrainingSpec } from '#domain/training-spec.ts'
import type { Stores } from '#stores/connect.ts'
import { memoryMistake } from './check-memory.ts'
import { findRoom } from './find-room.ts'
import { planInTurn } from './plan-in-turn.ts'

const Plan = z.object({
  parameters: z.int(),
  trainingExamples: z.int(),
  stepsPerEpoch: z.int(),
  memoryBytes: z.int().describe('Expected peak memory of the training process.'),
  denseBytes: z.int(),
  forecastArtifactBytes: z
    .int()
    .describe('Size of model.sparse.safetensors at the sparsity forecast for epoch 1.'),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      learningRate: z.number().describe('At the last step of the epoch, like the threshold.'),
      threshold: z.number().optional(),
      forecastSparsity: z.number().optional().describe('Share of the initial weights within the threshold.'),
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
        'Computed from the last rate measured on an engine of a live worker; absent if there is none.',
      ),
  })
  .meta({ id: 'DryRun' })
export type DryRun = z.infer<typeof DryRun>

/** Plans a job without storing anything. @throws AppError `unavailable` */
export async function dryRun(
  { measurements, queue, workers }: Pick<Stores, 'measurements' | 'queue' | 'workers'>,
  { spec, warnings }: Pick<DryRun, 'spec' | 'warnings'>,
): Promise<DryRun> {
  const plan = await planInTurn(spec)
  const queuePosition = await queue.positionOfNext(spec.priority)
  const engines = new Set((await workers.list()).map(({ engine }) => engine))
  const examplesPerSecond = await measurements.examplesPerSecond(spec.model, [...engines])
  const room = await findRoom({ measurements, workers }, spec)
  const mistake = memoryMistake(spec, room)
  const answer = {
    spec,
    warnings: mistake ? [...warnings, { code: 'insufficient_memory', ...mistake }] : warnings,
    plan,
    memory: {
      neededBytes: room.neededBytes,
      ...(room.largestBytes !== undefined && { largestWorkerBytes: room.largestBytes }),
    },
    queuePosition,
  }
  if (!examplesPerSecond) return answer
  return { ...answer, estimatedSeconds: (plan.trainingExamples * spec.epochs) / examplesPerSecond }
}
