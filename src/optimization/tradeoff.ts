import { z } from 'zod'
import { CutRule, CutScope } from './cut.ts'
import { Latency, Timing } from './latency.ts'

/**
 * At most this many training examples are averaged for the statistics of batch normalizations: their mean has a standard error of
 * 1.6 % of the standard deviation between examples.
 */
export const RECALIBRATION_EXAMPLES = 4096

const share = z.number().min(0).max(1)

/** A cut of a trained model, by the number of weights that it leaves. */
const CutPoint = z.object({
  rule: CutRule,
  scope: CutScope,
  sparsity: share.describe('Share of zeros among all trainable parameters.'),
  nonzero: z.int().min(0).describe('Trainable parameters that are not zero.'),
})
export type CutPoint = z.infer<typeof CutPoint>

/** What a model scores on the validation split. */
export const ValidationScores = z.object({
  validationLoss: z.number(),
  validationAccuracy: share.optional().describe('Absent for a loss without classes.'),
  validationTop5Accuracy: share.optional().describe('Present with more than five classes.'),
  validationMeanAbsoluteError: z.number().optional(),
})
export type ValidationScores = z.infer<typeof ValidationScores>

/** A cut with its validation metrics. */
export const MeasuredCut = CutPoint.extend(ValidationScores.shape).meta({ id: 'MeasuredCut' })
export type MeasuredCut = z.infer<typeof MeasuredCut>

/** One measured point of a trade-off. */
export const TradeoffPoint = MeasuredCut.extend({
  sizeBytes: z.object({
    sparse: z.int().describe('Exact size of model.sparse.safetensors at this point.'),
    zst: z.int().describe('Exact size of model.sparse.safetensors.zst at this point.'),
  }),
  pareto: z
    .boolean()
    .describe('Whether no other point has at most as many non-zero weights and scores at least as well.'),
  own: z.literal(true).optional().describe('The trained model itself, without a cut.'),
}).meta({ id: 'TradeoffPoint' })
export type TradeoffPoint = z.infer<typeof TradeoffPoint>

/** How long the predictions of one cut take. */
export const CutTimings = CutPoint.omit({ sparsity: true }).extend({ timings: z.array(Timing) })
export type CutTimings = z.infer<typeof CutTimings>

const TradeoffLatency = Latency.extend({
  cuts: z.array(CutTimings).describe('The same for the points, without the model itself.'),
})

/** The accuracy and size of one trained model at other sparsities, without further training. */
export const Tradeoff = z
  .object({
    step: z.int().describe('Completed steps of the model.'),
    parameters: z.int().describe('Trainable parameters.'),
    recalibration: z
      .object({ batches: z.int(), batchSize: z.int() })
      .optional()
      .describe(
        'The training batches, without augmentation, over which the statistics of batch normalizations were averaged at every point but the own one; absent if the network has none.',
      ),
    points: z.array(TradeoffPoint).describe('Each curve (rule and scope) in ascending order of sparsity.'),
    latency: TradeoffLatency.optional().describe(
      'How long predictions of the model and of its cuts take. It depends on the machine and is not in tradeoff.json.',
    ),
  })
  .meta({ id: 'Tradeoff' })
export type Tradeoff = z.infer<typeof Tradeoff>

/** What was timed while a trade-off was measured, as the record of the measurement keeps it. */
export interface TimedCuts {
  latency?: Latency | undefined
  cutTimings?: CutTimings[] | undefined
}

/** A trade-off, or another result of an analysis, with its times if there are any. */
export function withLatency<Result extends object>(
  result: Result,
  { latency, cutTimings }: TimedCuts,
): Result & Pick<Tradeoff, 'latency'> {
  return latency && cutTimings ? { ...result, latency: { ...latency, cuts: cutTimings } } : result
}

/** The times of a point; none if it was not timed. */
export function timingsOf({ latency }: Pick<Tradeoff, 'latency'>, point: TradeoffPoint): readonly Timing[] {
  if (point.own) return latency?.timings ?? []
  const isSame = (cut: CutTimings) =>
    cut.rule === point.rule && cut.scope === point.scope && cut.nonzero === point.nonzero
  return latency?.cuts.find(isSame)?.timings ?? []
}

/** One number to compare models of one job by: a higher one is better. */
export function scoreOf({
  validationAccuracy,
  validationLoss,
}: Pick<MeasuredCut, 'validationAccuracy' | 'validationLoss'>): number {
  return validationAccuracy ?? -validationLoss
}

/** Marks the points that no other point dominates in non-zero weights and score, over all curves. */
export function markPareto(points: readonly Omit<TradeoffPoint, 'pareto'>[]): TradeoffPoint[] {
  return points.map(point => {
    const isDominated = points.some(other => {
      const [fewer, better] = [point.nonzero - other.nonzero, scoreOf(other) - scoreOf(point)]
      return fewer >= 0 && better >= 0 && fewer + better > 0
    })
    return { ...point, pareto: !isDominated }
  })
}

const CSV_COLUMNS = [
  'rule',
  'scope',
  'sparsity',
  'nonzero',
  'sparseBytes',
  'zstBytes',
  'validationAccuracy',
  'validationTop5Accuracy',
  'validationMeanAbsoluteError',
  'validationLoss',
  'pareto',
  'own',
] as const

/**
 * CSV (RFC 4180) with a header row; a metric that does not apply is an empty field. Times such as `batch1DenseMilliseconds`, and the machine
 * that they were measured on, are the last columns, if they were measured.
 */
export function tradeoffToCsv(tradeoff: Tradeoff): string {
  const rows = tradeoff.points.map(point => ({ ...scoreColumns(point), ...timeColumns(tradeoff, point) }))
  const columns = [...new Set([...CSV_COLUMNS, ...rows.flatMap(row => Object.keys(row))])]
  const lines = rows.map(row => columns.map(column => row[column] ?? '').join(','))
  return [columns.join(','), ...lines, ''].join('\r\n')
}

type Row = Record<string, string | number | boolean | undefined>

function scoreColumns({ sizeBytes: { sparse, zst }, ...scores }: TradeoffPoint): Row {
  return { ...scores, own: scores.own ?? false, sparseBytes: sparse, zstBytes: zst }
}

function timeColumns(tradeoff: Tradeoff, point: TradeoffPoint): Row {
  if (!tradeoff.latency) return {}
  const { processor, backend, threads } = tradeoff.latency
  const times = timingsOf(tradeoff, point).flatMap(({ batchSize, denseMilliseconds, sparseMilliseconds }) => [
    [`batch${batchSize}DenseMilliseconds`, denseMilliseconds],
    [`batch${batchSize}SparseMilliseconds`, sparseMilliseconds],
  ])
  return { ...Object.fromEntries(times), processor: `"${processor.replaceAll('"', '""')}"`, backend, threads }
}
