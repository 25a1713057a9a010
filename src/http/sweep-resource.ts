import { z } from 'zod'
import { METRIC_NAMES, type MetricName } from '#sweeps/metrics.ts'
import type { Sweep } from '#sweeps/sweep.ts'
import { Json, SweepSpec } from '#sweeps/sweep-request.ts'
import { currentRun, type Trial } from '#sweeps/sweep-state.ts'

/** An id that is longer than any existing one is refused without a query to Redis. */
export const SweepParams = z.object({ sweepId: z.string().min(1).max(500) })

const TrialStatus = z
  .enum(['pending', 'running', 'paused', 'succeeded', 'failed', 'cancelled'])
  .describe(
    'Of its last job. `pending`: not submitted yet; `running`: queued or running. A paused job holds its place among those that may run at once.',
  )
type TrialStatus = z.infer<typeof TrialStatus>

const Counts = z.object({
  pending: z.int(),
  running: z.int(),
  paused: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
} satisfies Record<TrialStatus, z.ZodType>)

const metricFields = Object.fromEntries(METRIC_NAMES.map(name => [name, z.number().optional()])) as {
  [Name in MetricName]: z.ZodOptional<z.ZodNumber>
}

const TrialResource = z
  .object({
    id: z.int().describe('Counts from 0 in the order of submission.'),
    kind: z
      .enum(['trial', 'reference', 'final', 'rangeTest'])
      .describe('`reference`: the dense run with c = 0. `final`: the full training of the best short run.'),
    values: z.record(z.string(), Json).describe('The value of each field of the space.'),
    status: TrialStatus,
    jobIds: z
      .array(z.string())
      .describe(
        'Its jobs, in order: a trial that is promoted continues in a new job. Empty before submission.',
      ),
    metrics: z
      .object({ epoch: z.int(), learningRate: z.number().optional(), ...metricFields })
      .optional()
      .describe('Of its last epoch.'),
    error: z.string().optional().describe('Why its last job failed or was refused.'),
  })
  .meta({ id: 'Trial' })
type TrialResource = z.infer<typeof TrialResource>

/** A sweep in a list, without its request and its trials. */
export const ListedSweep = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    status: z.enum(['running', 'cancelling', 'cancelled', 'finished']),
    method: z.string(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional().describe('When it became `finished` or `cancelled`.'),
    counts: Counts.describe('The number of its trials by status.'),
    best: z
      .int()
      .nullable()
      .optional()
      .describe(
        'The id of the best trial, once the sweep has ended; null if no trial satisfies the constraints, or the objective has several metrics.',
      ),
    front: z
      .array(z.int())
      .optional()
      .describe(
        'The ids of the trials that no other trial beats in every metric, the sparsest last; by default validation accuracy against sparsity.',
      ),
    learningRate: z
      .object({ recommended: z.number(), largest: z.number(), isAtEndOfRange: z.boolean() })
      .optional()
      .describe('The result of a learning-rate range test.'),
    links: z.object({ self: z.string(), jobs: z.string() }),
  })
  .meta({ id: 'ListedSweep' })
type ListedSweep = z.infer<typeof ListedSweep>

/** A sweep as clients see it. */
export const SweepResource = ListedSweep.extend({
  request: SweepSpec.describe('The request, with every default filled in.'),
  trials: z.array(TrialResource),
}).meta({ id: 'Sweep' })
type SweepResource = z.infer<typeof SweepResource>

export function sweepResource(sweep: Sweep): SweepResource {
  const { request, trials } = sweep.state
  return { ...listedSweep(sweep), request, trials: trials.map(trialResource) }
}

/** Each field is named here, so that what else is stored stays hidden. */
export function listedSweep({ id, createdAt, finishedAt, state }: Sweep): ListedSweep {
  const { request, status, trials, result } = state
  return {
    id,
    ...(request.name !== undefined && { name: request.name }),
    status,
    method: request.search.method,
    createdAt,
    ...(finishedAt !== undefined && { finishedAt }),
    counts: countsOf(trials),
    ...(result && { best: result.best, front: [...result.front] }),
    ...(result?.learningRate && { learningRate: result.learningRate }),
    links: { self: `/v1/sweeps/${id}`, jobs: `/v1/jobs?sweepId=${id}` },
  }
}

function countsOf(trials: readonly Trial[]): Record<TrialStatus, number> {
  const count = (wanted: TrialStatus) => trials.filter(trial => statusOf(trial) === wanted).length
  return {
    pending: count('pending'),
    running: count('running'),
    paused: count('paused'),
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  }
}

function statusOf(trial: Trial): TrialStatus {
  const { status, isPaused } = currentRun(trial)
  return isPaused ? 'paused' : status
}

function trialResource(trial: Trial): TrialResource {
  const { metrics, error } = currentRun(trial)
  return {
    id: trial.id,
    kind: trial.kind,
    values: trial.values as TrialResource['values'],
    status: statusOf(trial),
    jobIds: trial.runs.flatMap(({ jobId }) => jobId ?? []),
    ...(metrics && { metrics }),
    ...(error !== undefined && { error }),
  }
}
