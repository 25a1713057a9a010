import { z } from 'zod'
import { Warning } from '#domain/event.ts'
import { TrainingSpec } from '#domain/training-spec.ts'
import { memoryMistake } from '#jobs/check-memory.ts'
import { findRoom } from '#jobs/find-room.ts'
import type { Stores } from '#stores/connect.ts'
import { planInTurn } from './plan-in-turn.ts'

const Plan = z.object({
  parameters: z.int(),
  trainingExamples: z.int(),
  stepsPerEpoch: z.int(),
  memoryBytes: z.int().describe('The most that the training process is expected to hold.'),
  denseBytes: z.int(),
  forecastArtifactBytes: z.int().describe('The sparse file, if epoch 1 leaves the forecast share of zeros.'),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      learningRate: z.number().describe('At the last step of the epoch, as the threshold is.'),
      threshold: z.number().optional(),
      forecastSparsity: z.number().optional().describe('Share of the initial weights within the threshold.'),
    }),
  ),
})

/** What a job would be, said without storing anything. */
export const DryRun = z
  .object({
    spec: TrainingSpec,
    warnings: z.array(Warning),
    plan: Plan,
    memory: z.object({
      neededBytes: z
        .int()
        .describe(
          "What the last training like this one held on the largest worker; before any, the plan's estimate.",
        ),
      largestWorkerBytes: z.int().optional().describe('The highest memory limit of a live worker.'),
    }),
    queuePosition: z.int().describe('1 is next.'),
    estimatedSeconds: z
      .number()
      .optional()
      .describe('From the rate last measured on an engine that is here now; absent before any.'),
  })
  .meta({ id: 'DryRun' })
export type DryRun = z.infer<typeof DryRun>

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
