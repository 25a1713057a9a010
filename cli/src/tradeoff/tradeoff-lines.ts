import type { Tradeoff, TradeoffPoint } from '@thresher/client'
import { bytes, count, counted, decimal, percent } from '../terminal/figures.ts'
import { plot } from '../terminal/plot.ts'
import { type Column, table } from '../terminal/table.ts'
import { columnsOf, type Terminal } from '../terminal/terminal.ts'

const PLOT_HEIGHT = 10
const WIDEST_PLOT = 64
/** Points that lose more are left out of the plot, where they would press the others together: of accuracy, and as a factor of the loss. */
const SHOWN_LOSS = { accuracy: 0.05, loss: 2 }

/** The points that no other point beats, or all of them, sparsest last, and a plot of them. */
export function tradeoffLines(
  { points }: Tradeoff,
  { all, terminal: { out, outColors: colors } }: { all: boolean; terminal: Terminal },
): string[] {
  const columns = columnsOf(out)
  // Every curve begins with the model itself.
  const own = points.find(point => point.own)
  const shown = points
    .filter(point => point === own || (!point.own && (all || point.pareto)))
    .sort((a, b) => a.sparsity - b.sparsity)
  const isPlotted = plotted(shown)
  const marks = shown.filter(isPlotted).map(point => ({
    x: point.sparsity,
    y: qualityOf(point),
    mark: point.own ? colors.bold('◆') : point.pareto ? colors.green('●') : colors.dim('·'),
  }))
  const omitted = shown.length - marks.length
  const width = Math.min(WIDEST_PLOT, (columns ?? 80) - 12)
  const hasAccuracy = shown[0]?.validationAccuracy !== undefined
  const labelY = hasAccuracy ? (y: number) => percent(y, 1) : (y: number) => decimal(-y)
  return [
    ...plot(marks, { width, height: PLOT_HEIGHT, labelX: x => percent(x, 1), labelY }),
    colors.dim(`${hasAccuracy ? 'accuracy' : 'loss'} against zeros; ◆ the model without a cut`),
    ...(omitted > 0 ? [colors.dim(`not in the plot: ${counted(omitted, 'worse point')}, listed below`)] : []),
    '',
    ...table(columnsFor(hasAccuracy), shown, { colors, columns }),
  ]
}

/** More is better. */
function qualityOf({ validationAccuracy, validationLoss }: TradeoffPoint): number {
  return validationAccuracy ?? -validationLoss
}

function plotted(points: readonly TradeoffPoint[]): (point: TradeoffPoint) => boolean {
  const best = Math.max(...points.map(qualityOf))
  const worst = best > 0 ? best - SHOWN_LOSS.accuracy : best * SHOWN_LOSS.loss
  return point => point.own === true || qualityOf(point) >= worst
}

function columnsFor(hasAccuracy: boolean): Column<TradeoffPoint>[] {
  return [
    { title: 'zeros', align: 'right', value: ({ sparsity }) => percent(sparsity) },
    hasAccuracy
      ? {
          title: 'accuracy',
          align: 'right',
          value: ({ validationAccuracy = 0 }) => percent(validationAccuracy),
        }
      : { title: 'loss', align: 'right', value: ({ validationLoss }) => decimal(validationLoss) },
    { title: 'not zero', align: 'right', value: ({ nonzero }) => count(nonzero), optional: 2 },
    { title: 'file', align: 'right', value: ({ sizeBytes }) => bytes(sizeBytes.sparse) },
    { title: 'compressed', align: 'right', value: ({ sizeBytes }) => bytes(sizeBytes.zst), optional: 1 },
    {
      title: 'cut by',
      value: ({ own, rule, scope }) => (own ? 'not cut' : scope === 'layer' ? `${rule}, by layer` : rule),
      optional: 3,
    },
  ]
}
