import { z } from 'zod'
import { invalidRequest } from '#domain/error.ts'
import { Warning } from '#domain/event.ts'
import { TrainingSpec } from '#domain/training-spec.ts'
import { estimateSeconds } from '#forecast/estimate-seconds.ts'
import { FORECAST_BASES } from '#forecast/forecast-sparsity.ts'
import { RECOMMENDATION_BASES } from '#forecast/recommend-scale.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import type { Stores } from '#stores/connect.ts'
import { allowedTo } from '#stores/tenant-limits.ts'
import { limitMistakes } from './allowed.ts'
import { memoryMistake } from './check-memory.ts'
import { findRoom, type Room } from './find-room.ts'
import { HeldBack } from './held-back.ts'
import { planInTurn } from './plan-in-turn.ts'
import { type PositionStores, QueuePositions } from './queue-positions.ts'
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
    .describe(
      'Size of model.sparse.safetensors after the last epoch; absent if its sparsity is not known well enough.',
    ),
  initialWeightsHoldSteps: z
    .int()
    .optional()
    .describe('The last step at which the initial weights alone forecast the sparsity, within 0.3 points.'),
  epochs: z.array(
    z.object({
      epoch: z.int(),
      phase: z.enum(['train', 'fineTune']).optional().describe('Present in a job with several phases.'),
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
        .describe(
          'Expected sparsity; absent if it cannot be forecast from the initial weights or from finished jobs.',
        ),
      forecastError: z
        .number()
        .optional()
        .describe('Nine of ten measured forecasts like this were within this of the trained sparsity.'),
      forecastBasis: z
        .enum(FORECAST_BASES)
        .optional()
        .describe(
          '`initialWeights`: it is early, and training has hardly moved the weights. `finishedJobs`: estimated from jobs with the same model and data. `cut`: the job cuts its weights to this sparsity.',
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
    estimatedStartAt: z.iso.datetime().optional(),
    waitsFor: HeldBack.optional().describe('The quota that would hold the job back.'),
    estimatedSeconds: z
      .number()
      .optional()
      .describe(
        'Running time, without the queue, from finished jobs of the model on the engines of the live workers; absent if there is none with a similar batch size.',
      ),
    recommendation: z
      .object({
        c: z.number(),
        sparsity: z.number().describe('The wanted sparsity; of a job with a target, that before the cut.'),
        error: z
          .number()
          .describe('Nine of ten recommendations led to a sparsity within this of the wanted one.'),
        basis: z
          .enum(RECOMMENDATION_BASES)
          .describe(
            '`finishedJobs`: of the same model and data. `otherNetworks`: the initial weights, and how far other networks were pruned.',
          ),
      })
      .optional()
      .describe('The scale of the threshold for the query `sparsity`, or for the sparsity of `target`.'),
  })
  .meta({ id: 'DryRun' })
export type DryRun = z.infer<typeof DryRun>

/** @throws AppError `invalid_request` if no scale of a threshold can be recommended for the optimizer */
function requireScale({ optimizer }: TrainingSpec): void {
  const rule = thresholdOf(optimizer)
  if (!rule)
    throw invalidRequest(
      'optimizer.name',
      `${optimizer.name} has no threshold; the query \`sparsity\` needs grda`,
    )
  if (rule.group)
    throw invalidRequest(
      'optimizer.group',
      'must be omitted with the query `sparsity`: no measurements say which scale makes whole channels vanish',
    )
}

/**
 * Plans a job without storing anything.
 * @param sparsity a sparsity to recommend a scale of the threshold for
 * @throws AppError `unavailable`; `invalid_request` for a sparsity without a threshold, or with one for whole channels
 */
export async function dryRun(
  stores: PositionStores & Pick<Stores, 'owner'>,
  { spec, warnings, initFile, trainedEpochs }: Omit<JobDraft, 'origin' | 'copyFiles'>,
  sparsity?: number,
): Promise<DryRun> {
  if (sparsity !== undefined) requireScale(spec)
  const { measurements, workers } = stores
  const runs = await measurements.finishedRuns(spec.model)
  const { recommendation, ...plan } = await planInTurn(spec, {
    runs,
    sparsity,
    ...(initFile && { initFile }),
  })
  const place = await new QueuePositions(stores).ofNext(stores.owner, spec.priority)
  const engines = new Set((await workers.list()).map(({ engine }) => engine))
  const estimatedSeconds = estimateSeconds(spec, runs, engines, trainedEpochs)
  const room = await findRoom({ measurements, workers }, spec)
  return {
    spec,
    warnings: [...warnings, ...(await refusals(stores, spec, room))],
    plan,
    memory: {
      neededBytes: room.neededBytes,
      ...(room.largestBytes !== undefined && { largestWorkerBytes: room.largestBytes }),
    },
    ...place,
    ...(estimatedSeconds !== undefined && { estimatedSeconds }),
    ...(recommendation && { recommendation }),
  }
}

/** Why the job would be refused, as warnings: the plan is worth reading nevertheless. */
async function refusals(
  stores: PositionStores & Pick<Stores, 'owner'>,
  spec: TrainingSpec,
  room: Room,
): Promise<Warning[]> {
  const limits = limitMistakes(spec, await allowedTo(stores))
  const memory = memoryMistake(spec, room)
  return [
    ...limits.map(mistake => ({ code: 'limit_exceeded', ...mistake })),
    ...(memory ? [{ code: 'insufficient_memory', ...memory }] : []),
  ]
}
