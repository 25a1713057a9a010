import { sparseModelSize } from '#formats/cut-model.ts'
import { type CutModel, encodeStatistics } from '#formats/model-at.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { encodeModel } from '#interchange/encode-artifact.ts'
import { hasBatchStatistics } from '#network/batch-statistics.ts'
import { markPareto, type Tradeoff } from '#optimization/tradeoff.ts'
import type { Splits } from '#workers/data/examples.ts'
import { validationScores } from '#workers/training/epoch-metrics.ts'
import type { ModelEvaluator } from '#workers/training/model-evaluator.ts'
import { prepareRun } from '#workers/training/prepare.ts'
import { type Curve, curvePoints, type Measured, type Measurement, openCurve } from './curve.ts'

export interface MeasuringOptions {
  /** Sparsities that every curve has if its rule can reach them. */
  levels?: readonly number[] | undefined
  /** Ends the computation with the signal's reason as the error. */
  signal: AbortSignal
  /** Called after every measurement with the number of points so far. */
  onProgress(done: number, total: number): Promise<void>
  /** Called with every cut after it was measured. */
  onCut?(cut: CutModel): Promise<void>
}

export interface TradeoffResult {
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
  { levels = [], signal, onProgress, onCut }: MeasuringOptions,
): Promise<TradeoffResult> {
  const run = prepareRun(model.spec, splits, signal)
  const isRecalibrated = hasBatchStatistics(run.network.topology)
  const evaluator = run.openEvaluator(model)
  const statistics: Pick<CutModel, 'cut' | 'statistics'>[] = []
  const measureCut = async (cut: CutModel) => {
    const atPoint = isRecalibrated ? await evaluator.recalibrate(cut) : cut
    statistics.push({ cut: atPoint.cut, statistics: atPoint.statistics })
    const measurement = await measure(atPoint, evaluator)
    await onCut?.(atPoint)
    return { ...atPoint.cut, ...measurement }
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
    const facts = { step: model.step, parameters, ...(isRecalibrated && { recalibration }) }
    return {
      tradeoff: { ...facts, points: markPareto(inOrder(points)) },
      ...(isRecalibrated && { statistics: encodeStatistics(statistics) }),
    }
  } finally {
    evaluator.end()
  }
}

const CURVES: readonly Curve[] = [
  { rule: 'threshold', scope: 'global' },
  { rule: 'magnitude', scope: 'global' },
  { rule: 'magnitude', scope: 'layer' },
]

/** A threshold on the weights alone would be a cut by magnitude that also shrinks them, so it needs the accumulator. */
function curvesOf({ dualAverage }: TrainedModel): readonly Curve[] {
  return CURVES.filter(({ rule }) => rule !== 'threshold' || dualAverage)
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
