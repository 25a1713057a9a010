import { scoreOf, type Tradeoff, type TradeoffPoint, timingsOf } from '#optimization/tradeoff.ts'
import { machine, milliseconds } from './latency-section.ts'
import { linePlot } from './line-plot.ts'

const NAMES: Readonly<Record<string, string>> = {
  'threshold global': 'threshold',
  'magnitude global': 'magnitude',
  'magnitude layer': 'magnitude, by layer',
}

/** Points that lose more are in the table only: they would flatten the part of the plot that matters. */
const PLOTTED_LOSS_OF_ACCURACY = 0.1

/** The curves of a trade-off, and their points as a table. */
export function tradeoffSection(tradeoff: Tradeoff): string {
  const { points, parameters, recalibration, latency } = tradeoff
  const rows = points.map(point => rowOf(point, latency && timesOf(tradeoff, point))).join('\n')
  const note = recalibration
    ? ` Statistics of batch normalizations were averaged over ${recalibration.batches} training batches of ${recalibration.batchSize} examples.`
    : ''
  return `<h2>Trade-off</h2>
<p>The same model with fewer or more zeros, without further training, on the validation split.${note}${latency ? ` Times are of one example on ${machine(latency)}.` : ''}</p>
${plotOf(points)}
<details><summary>All ${points.length} points</summary>
<div class="scroll"><table>
<tr><th>rule</th><th>zero</th><th>not zero of ${parameters.toLocaleString('en')}</th><th>bytes</th><th>bytes, zst</th><th>accuracy</th><th>loss</th>${latency ? '<th>dense, ms</th><th>sparse, ms</th>' : ''}</tr>
${rows}
</table></div></details>`
}

function plotOf(points: readonly TradeoffPoint[]): string {
  const best = Math.max(...points.map(scoreOf))
  const hasAccuracy = points[0]!.validationAccuracy !== undefined
  const least = hasAccuracy ? best - PLOTTED_LOSS_OF_ACCURACY : 2 * best
  const series = Object.entries(NAMES).map(([curve, name]) => ({
    name,
    points: points
      .filter(point => curveOf(point) === curve && scoreOf(point) >= least)
      .map(point => [100 * point.sparsity, Math.abs(scoreOf(point))] as const),
  }))
  const title = hasAccuracy ? 'Validation accuracy by zeros in %' : 'Validation loss by zeros in %'
  return linePlot(
    title,
    'zeros in %',
    series.filter(line => line.points.length > 0),
    'least',
  )
}

function rowOf(point: TradeoffPoint, times: readonly string[] = []): string {
  const { sparsity, nonzero, sizeBytes, validationAccuracy, validationLoss, own } = point
  const cells = [
    `${NAMES[curveOf(point)]}${own ? ' (the model itself)' : ''}`,
    percent(sparsity),
    nonzero.toLocaleString('en'),
    sizeBytes.sparse.toLocaleString('en'),
    sizeBytes.zst.toLocaleString('en'),
    validationAccuracy === undefined ? '' : percent(validationAccuracy),
    validationLoss.toPrecision(4),
    ...times,
  ]
  return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
}

/** Of one example, if the point was timed. */
function timesOf(tradeoff: Tradeoff, point: TradeoffPoint): string[] {
  const [timing] = timingsOf(tradeoff, point)
  return [timing?.denseMilliseconds, timing?.sparseMilliseconds].map(time =>
    time === undefined ? '' : milliseconds(time),
  )
}

function curveOf({ rule, scope }: TradeoffPoint): string {
  return `${rule} ${scope}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
