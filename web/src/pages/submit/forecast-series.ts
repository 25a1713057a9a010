import type { DryRun } from '@thresher/client'
import type { Series } from '../../charts/series.ts'

type Planned = DryRun['plan']['epochs'][number]

/** The curves of a plan by chart. A chart whose curves have no point is left out. */
export function forecastSeries(epochs: readonly Planned[]): Partial<Record<Forecast, Series[]>> {
  const xs = Float64Array.from(epochs, ({ epoch }) => epoch)
  const curve = (label: string, of: (epoch: Planned) => number | undefined): Series => ({
    ...{ label, xs, ys: Float64Array.from(epochs, epoch => of(epoch) ?? Number.NaN) },
  })
  const charts: Record<Forecast, Series[]> = {
    sparsity: [
      curve('expected', ({ forecastSparsity }) => forecastSparsity),
      curve('at least', epoch => bound(epoch, -1)),
      curve('at most', epoch => bound(epoch, 1)),
      curve('initial weights within the threshold', ({ initialSparsity }) => initialSparsity),
    ],
    threshold: [curve('threshold', ({ threshold }) => threshold)],
    learningRate: [curve('learning rate', ({ learningRate }) => learningRate)],
  }
  const present = Object.entries(charts).map(([name, curves]) => [name, curves.filter(hasPoint)] as const)
  return Object.fromEntries(present.filter(([, curves]) => curves.length > 0))
}

export type Forecast = 'sparsity' | 'threshold' | 'learningRate'

/** Nine of ten forecasts were within these bounds. */
function bound({ forecastSparsity, forecastError = 0 }: Planned, sign: number): number | undefined {
  if (forecastSparsity === undefined || forecastError === 0) return undefined
  return Math.min(Math.max(forecastSparsity + sign * forecastError, 0), 1)
}

function hasPoint({ ys }: Series): boolean {
  return ys.some(Number.isFinite)
}

/** The only value of a chart and the first epoch that has it, if no curve has another: a line says less than the number. */
export function constantOf(curves: readonly Series[]): { value: number; from: number } | undefined {
  const points = curves.flatMap(({ xs, ys }) => Array.from(ys, (y, index) => ({ x: xs[index]!, y })))
  const present = points.filter(({ y }) => Number.isFinite(y))
  const value = present[0]?.y
  if (value === undefined || present.some(({ y }) => y !== value)) return undefined
  return { value, from: Math.min(...present.map(({ x }) => x)) }
}
