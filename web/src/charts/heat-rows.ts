import type { EpochMetrics } from '@thresher/client'
import { formatPercent } from '../format/numbers.ts'

/** The sparsity of one variable of the network over the epochs. */
export interface HeatRow {
  name: string
  size: number
  /** One for each epoch; NaN where the epoch lacks the variable. */
  nonzero: Float64Array
}

/** One row for each variable, in the order of the model. `kernels` leaves out vectors such as biases. */
export function heatRows(epochs: readonly EpochMetrics[], kernels: boolean): HeatRow[] {
  const rows = new Map<string, HeatRow>()
  for (const [index, { layers = [] }] of epochs.entries())
    for (const { name, shape, size, nonzero } of layers) {
      if (kernels && shape.length < 2) continue
      const row = rows.get(name) ?? { name, size, nonzero: new Float64Array(epochs.length).fill(Number.NaN) }
      row.nonzero[index] = nonzero
      rows.set(name, row)
    }
  return [...rows.values()]
}

export function sparsityAt({ nonzero, size }: HeatRow, epoch: number): number {
  return 1 - nonzero[epoch]! / size
}

/** What a heat map shows, in sentences. */
export function summarizeHeat(rows: readonly HeatRow[]): string {
  const ended = rows.map(row => ({ name: row.name, sparsity: sparsityAt(row, row.nonzero.length - 1) }))
  const known = ended.filter(({ sparsity }) => Number.isFinite(sparsity))
  if (known.length === 0) return 'No epoch has ended yet.'
  const sorted = known.toSorted((first, second) => first.sparsity - second.sparsity)
  const [densest, sparsest] = [sorted[0]!, sorted.at(-1)!]
  const name = ({ name, sparsity }: typeof densest) => `${name} with ${formatPercent(sparsity)} zeros`
  return `${rows.length} variables. After the last epoch the sparsest is ${name(sparsest)}; the densest is ${name(densest)}.`
}

/** The index of the x that is nearest to `x`. `xs` ascend. */
export function nearest(xs: Float64Array, x: number, from = 0): number {
  let index = from
  while (index + 1 < xs.length && Math.abs(xs[index + 1]! - x) <= Math.abs(xs[index]! - x)) index++
  return index
}
