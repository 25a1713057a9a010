import {
  type CuttableModel,
  countNonzero,
  cuttableModel,
  nonzeroAt,
  sparseModelSize,
} from '#formats/cut-model.ts'
import { type CutModel, cutTo, encodeStatistics } from '#formats/model-at.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { encodeModel } from '#interchange/encode-artifact.ts'
import { type CutPoint, markPareto, type Tradeoff, type TradeoffPoint } from '#optimization/tradeoff.ts'
import { fixedSparsities, levelsOf, nextCount } from '#optimization/tradeoff-levels.ts'
import type { Splits } from '#workers/data/examples.ts'
import { validationScores } from '#workers/training/epoch-metrics.ts'
import { hasBatchStatistics, type ModelEvaluator } from '#workers/training/model-evaluator.ts'
import { prepareRun } from '#workers/training/prepare.ts'

export interface TradeoffOptions {
  /** Completed epochs of the model. */
  epoch: number
  /** Sparsities that every curve has if its rule can reach them. */
  levels?: readonly number[] | undefined
  /** Ends the computation with the signal's reason as the error. */
  signal: AbortSignal
  /** Called after every measurement with the number of points so far. */
  onProgress(done: number, total: number): Promise<void>
}

export interface TradeoffFiles {
  tradeoff: Tradeoff
  /** Statistics of every cut, for `modelAt`; absent if the network has no batch normalization. */
  statistics?: Uint8Array
}

/**
 * Measures a trained model at other sparsities on its validation split, without training it: with other thresholds on the accumulator, if
 * the optimizer has one, and with only the largest of its weights, of all variables and of each kernel. Every curve contains the model
 * itself. The same model gives the same result on the same engine with the same number of threads.
 */
export async function computeTradeoff(
  model: TrainedModel,
  splits: Splits,
  { epoch, levels = [], signal, onProgress }: TradeoffOptions,
): Promise<TradeoffFiles> {
  const run = prepareRun(model.spec, splits, signal)
  const isRecalibrated = hasBatchStatistics(run.network)
  const evaluator = run.openEvaluator(model)
  const statistics: Pick<CutModel, 'cut' | 'statistics'>[] = []
  const measureCut = async (cut: CutModel) => {
    const atPoint = isRecalibrated ? await evaluator.recalibrate(cut) : cut
    statistics.push({ cut: atPoint.cut, statistics: atPoint.statistics })
    return { ...atPoint.cut, ...(await measure(atPoint, evaluator)) }
  }
  try {
    const curves = curvesOf(model).map(curve => openCurve(model, curve, levels))
    const total = curves.reduce((sum, { size }) => sum + size, 0)
    const own = { ...(await measure(model, evaluator)), own: true } as const
    const points: Measured[] = []
    for (const curve of curves) {
      for await (const point of curvePoints(curve, own, measureCut)) {
        points.push(point)
        await onProgress(points.length, total)
      }
    }
    const { calibration: recalibration } = run
    const parameters = curves[0]!.cuttable.parameters
    const facts = { epoch, step: model.step, parameters, ...(isRecalibrated && { recalibration }) }
    return {
      tradeoff: { ...facts, points: markPareto(inOrder(points)) },
      ...(isRecalibrated && { statistics: encodeStatistics(statistics) }),
    }
  } finally {
    evaluator.end()
  }
}

type Curve = Pick<CutPoint, 'rule' | 'scope'>
type Measured = Omit<TradeoffPoint, 'pareto'>
type Measurement = Omit<Measured, keyof CutPoint>

const CURVES: readonly Curve[] = [
  { rule: 'threshold', scope: 'global' },
  { rule: 'magnitude', scope: 'global' },
  { rule: 'magnitude', scope: 'layer' },
]

/** A threshold on the weights alone would be a cut by magnitude that also shrinks them, so it needs the accumulator. */
function curvesOf({ dualAverage }: TrainedModel): readonly Curve[] {
  return CURVES.filter(({ rule }) => rule !== 'threshold' || dualAverage)
}

/** A curve before its points are measured. */
interface OpenCurve {
  curve: Curve
  cuttable: CuttableModel
  /** Non-zero weights of the model itself. */
  own: number
  /** Numbers of non-zero weights that are measured in any case, beside that of the model itself. */
  fixed: readonly number[]
  /** The number of points, at most. */
  size: number
}

function openCurve(model: TrainedModel, curve: Curve, levels: readonly number[]): OpenCurve {
  const cuttable = cuttableModel(model, curve)
  const own = countNonzero(model.weights)
  const { min, max } = cuttable.nonzero
  const counts = fixedSparsities(levels).map(sparsity => nonzeroAt(sparsity, cuttable.parameters))
  const fixed = [...new Set(counts)].filter(
    count => count >= Math.max(min, 1) && count <= max && count !== own,
  )
  return { curve, cuttable, own, fixed, size: levelsOf(1 + fixed.length) }
}

/** The points of a curve: the model itself, the fixed ones, and then those that bisect it where it bends. */
async function* curvePoints(
  { curve, cuttable, own, fixed, size }: OpenCurve,
  ownMeasurement: Measurement,
  measureCut: (cut: CutModel) => Promise<Measured>,
): AsyncGenerator<Measured, void, undefined> {
  const sparsity = (cuttable.parameters - own) / cuttable.parameters
  const first = { ...curve, sparsity, nonzero: own, ...ownMeasurement }
  // By the requested count: equal magnitudes in an accumulator can make a cut leave fewer weights.
  const tried: Measured[] = [first]
  const known = new Map([[own, first as Measured]])
  const queue = [...fixed]
  yield first
  while (tried.length < size) {
    const nonzero = queue.shift() ?? nextCount(tried)
    if (nonzero === undefined) return
    const cut = cutTo(cuttable, curve, nonzero)
    const before = known.get(cut.cut.nonzero)
    const point = before ?? (await measureCut(cut))
    tried.push({ ...point, nonzero })
    known.set(point.nonzero, point)
    if (!before && Number.isFinite(point.validationLoss)) yield point
  }
}

async function measure(model: TrainedModel, evaluator: ModelEvaluator): Promise<Measurement> {
  const means = await evaluator.evaluate(model)
  const { bytes } = await encodeModel('model.sparse.safetensors.zst', model)
  return { sizeBytes: { sparse: sparseModelSize(model), zst: bytes.length }, ...validationScores(means) }
}

/** Curve by curve, each in ascending order of sparsity. */
function inOrder(points: readonly Measured[]): Measured[] {
  const place = ({ rule, scope }: Curve) =>
    CURVES.findIndex(curve => curve.rule === rule && curve.scope === scope)
  return points.toSorted((a, b) => place(a) - place(b) || b.nonzero - a.nonzero)
}
