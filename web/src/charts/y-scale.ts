import type { Scale } from 'uplot'
import type { Series } from './series.ts'

export const Y_SCALES = ['linear', 'log', 'asinh'] as const
export type YScale = (typeof Y_SCALES)[number]

/** uPlot's numbers for the distributions of values. */
export const DISTRIBUTIONS: Record<YScale, NonNullable<Scale['distr']>> = { linear: 1, log: 3, asinh: 4 }

/** The points that a scale can show: a logarithm has none for zero and below. */
export function drawable(series: readonly Series[], scale: YScale): readonly Series[] {
  if (scale !== 'log') return series
  return series.map(curve => ({ ...curve, ys: curve.ys.map(y => (y > 0 ? y : Number.NaN)) }))
}
