import type { CutRule, CutScope } from './cut.ts'
import { scoreOf, type TradeoffPoint } from './tradeoff.ts'

/** What a point of a trade-off must have; one of the first three is given. */
export interface PointSelector {
  sparsity?: number | undefined
  sizeBytes?: number | undefined
  minValidationAccuracy?: number | undefined
  /** The curves to choose from; all if neither is given. */
  rule?: CutRule | undefined
  scope?: CutScope | undefined
}

/** The file whose size counts. */
export type SizedFile = keyof TradeoffPoint['sizeBytes']

/**
 * The measured point that a selector requests: of each curve the least sparse point with at least `sparsity`, and of those the one with the
 * best score; or the best one of at most `sizeBytes`; or the smallest one of at least `minValidationAccuracy`. Undefined if there is none.
 */
export function selectPoint(
  points: readonly TradeoffPoint[],
  selector: PointSelector,
  file: SizedFile,
): TradeoffPoint | undefined {
  const { sparsity, sizeBytes, minValidationAccuracy } = selector
  const open = onCurves(points, selector)
  if (sparsity !== undefined) return bestOf(leastSparse(open, sparsity), file)
  if (sizeBytes !== undefined)
    return bestOf(
      open.filter(point => point.sizeBytes[file] <= sizeBytes),
      file,
    )
  return open
    .filter(({ validationAccuracy = 0 }) => validationAccuracy >= minValidationAccuracy!)
    .toSorted((a, b) => a.sizeBytes[file] - b.sizeBytes[file] || scoreOf(b) - scoreOf(a))[0]
}

/** The end of the sentence for a selector that no point satisfies: the limit of its curves. Undefined if it has no curve. */
export function possibleRange(
  points: readonly TradeoffPoint[],
  selector: PointSelector,
  file: SizedFile,
): string | undefined {
  const open = onCurves(points, selector)
  if (open.length === 0) return undefined
  if (selector.sparsity !== undefined)
    return `the highest measured sparsity is ${Math.max(...open.map(({ sparsity }) => sparsity))}`
  if (selector.sizeBytes !== undefined)
    return `the smallest file has ${Math.min(...open.map(point => point.sizeBytes[file]))} bytes`
  return `the highest validation accuracy is ${Math.max(...open.map(({ validationAccuracy = 0 }) => validationAccuracy))}`
}

function onCurves(
  points: readonly TradeoffPoint[],
  { rule, scope }: Pick<PointSelector, 'rule' | 'scope'>,
): TradeoffPoint[] {
  return points.filter(
    point => (rule === undefined || point.rule === rule) && (scope === undefined || point.scope === scope),
  )
}

/** Of each curve, the point with the lowest sparsity that is not below the requested one. */
function leastSparse(points: readonly TradeoffPoint[], sparsity: number): TradeoffPoint[] {
  const byCurve = new Map<string, TradeoffPoint>()
  for (const point of points) {
    const curve = `${point.rule} ${point.scope}`
    const found = byCurve.get(curve)
    if (point.sparsity >= sparsity && (!found || point.sparsity < found.sparsity)) byCurve.set(curve, point)
  }
  return [...byCurve.values()]
}

function bestOf(points: readonly TradeoffPoint[], file: SizedFile): TradeoffPoint | undefined {
  return points.toSorted(
    (a, b) => scoreOf(b) - scoreOf(a) || a.nonzero - b.nonzero || a.sizeBytes[file] - b.sizeBytes[file],
  )[0]
}
