import { cuttableModel, nonzeroAt } from '#formats/cut-model.ts'
import { type CuttableModel, countNonzero } from '#formats/cuttable-model.ts'
import { type CutModel, cutTo } from '#formats/model-at.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import type { CutPoint, TradeoffPoint } from '#optimization/tradeoff.ts'
import { fixedSparsities, levelsOf, nextCount } from '#optimization/tradeoff-levels.ts'

/** The cuts of one rule and scope. */
export type Curve = Pick<CutPoint, 'rule' | 'scope'>
export type Measured = Omit<TradeoffPoint, 'pareto'>
/** What is measured at a point. */
export type Measurement = Omit<Measured, keyof CutPoint>

/** A curve before its points are measured. */
export interface OpenCurve {
  curve: Curve
  cuttable: CuttableModel
  /** Non-zero weights of the model itself. */
  own: number
  /** Numbers of non-zero weights that are measured in any case, beside that of the model itself. */
  fixed: readonly number[]
  /** The fewest and the most non-zero weights that the rule can leave, without those in `fixed`. At least one weight is left. */
  ends: readonly number[]
  /** The number of points, at most. */
  size: number
}

/** @param levels sparsities that the curve has if its rule can reach them */
export function openCurve(model: TrainedModel, curve: Curve, levels: readonly number[]): OpenCurve {
  const cuttable = cuttableModel(model, curve)
  const own = countNonzero(model.weights)
  const { min, max } = cuttable.nonzero
  const least = Math.max(min, 1)
  const isOther = (count: number) => count >= least && count <= max && count !== own
  const levelCounts = fixedSparsities(levels).map(sparsity => nonzeroAt(sparsity, cuttable.parameters))
  const reached = [...new Set(levelCounts)].filter(isOther)
  const ends = [...new Set([least, max])].filter(count => isOther(count) && !reached.includes(count))
  // Without a level beside the model itself, there would be nothing to bisect.
  const [fixed, open] = reached.length === 0 ? [ends, []] : [reached, ends]
  return { curve, cuttable, own, fixed, ends: open, size: levelsOf(1 + fixed.length) }
}

/**
 * The points of a curve: the model itself, the fixed ones, and then those that bisect it where it bends. Once every count between them is
 * measured, the curve is continued to its ends.
 */
export async function* curvePoints(
  { curve, cuttable, own, fixed, ends, size }: OpenCurve,
  ownMeasurement: Measurement,
  measureCut: (cut: CutModel) => Promise<Measured>,
): AsyncGenerator<Measured, void, undefined> {
  const sparsity = (cuttable.parameters - own) / cuttable.parameters
  const first = { ...curve, sparsity, nonzero: own, ...ownMeasurement }
  // By the requested count: equal magnitudes in an accumulator can make a cut leave fewer weights.
  const tried: Measured[] = [first]
  const known = new Map([[own, first as Measured]])
  const [queue, further] = [[...fixed], [...ends]]
  yield first
  while (tried.length < size) {
    const nonzero = queue.shift() ?? nextCount(tried) ?? further.shift()
    if (nonzero === undefined) return
    const cut = cutTo(cuttable, curve, nonzero)
    const before = known.get(cut.cut.nonzero)
    const point = before ?? (await measureCut(cut))
    tried.push({ ...point, nonzero })
    known.set(point.nonzero, point)
    if (!before && Number.isFinite(point.validationLoss)) yield point
  }
}
