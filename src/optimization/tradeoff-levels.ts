import { type MeasuredCut, scoreOf } from './tradeoff.ts'

/** The sparsities of every curve, as far as its rule can reach them. */
const ROUND_SPARSITIES = [
  0.5, 0.6, 0.7, 0.8, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999,
]

/** Fewest levels of a curve, unless the rule can leave fewer counts. */
const LEVELS = 24
/** Fewest levels that are chosen where the curve bends. */
const BISECTIONS = 6

/** A model that has lost more of its accuracy is not used, so the curve needs no detail there. */
const USEFUL_LOSS_OF_ACCURACY = 0.05

/** The number of levels of a curve. @param fixed the number of those that do not depend on its course */
export function levelsOf(fixed: number): number {
  return Math.max(LEVELS, fixed + BISECTIONS)
}

/** The sparsities at which a curve is measured in any case. */
export function fixedSparsities(requested: readonly number[]): number[] {
  return [...ROUND_SPARSITIES, ...requested]
}

type Point = Pick<MeasuredCut, 'nonzero' | 'validationAccuracy' | 'validationLoss'>

/**
 * The number of non-zero weights at which a curve should be measured next: the middle of the two neighbours that differ most in what they
 * lose to the best point, or, among equal differences, that are farthest apart. Undefined if no count lies between any two neighbours.
 */
export function nextCount(points: readonly Point[]): number | undefined {
  const loss = lossFrom(points)
  const measured = points
    .map(point => ({ nonzero: point.nonzero, lost: loss(point) }))
    .sort((a, b) => a.nonzero - b.nonzero)
  const gaps = measured.slice(1).flatMap((upper, index) => {
    const lower = measured[index]!
    const width = upper.nonzero - lower.nonzero
    const middle = lower.nonzero + Math.floor(width / 2)
    return width < 2 ? [] : [{ middle, width, change: Math.abs(upper.lost - lower.lost) }]
  })
  const [first] = gaps.sort((a, b) => b.change - a.change || b.width - a.width || a.middle - b.middle)
  return first?.middle
}

/**
 * What a point loses to the best one, from 0 to 1, as a share of five points of accuracy or of the best loss. The square root gives weight
 * to where the curve begins to bend.
 */
function lossFrom(points: readonly Point[]): (point: Point) => number {
  const best = Math.max(...points.map(scoreOf))
  const hasAccuracy = points[0]?.validationAccuracy !== undefined
  const whole = hasAccuracy ? USEFUL_LOSS_OF_ACCURACY : Math.abs(best)
  return point => Math.sqrt(Math.min((best - scoreOf(point)) / whole || 0, 1))
}
