import { useSignal } from '@preact/signals'
import type { DryRun } from '@thresher/client'
import { useMemo } from 'preact/hooks'
import { LineChart, type LineChartProps } from '../../charts/line-chart.tsx'
import { X_AXES } from '../../charts/x-axis.ts'
import { useZoom } from '../../charts/zoom.ts'
import { formatNumber, formatPercent, formatShare } from '../../format/numbers.ts'
import { constantOf, type Forecast, forecastSeries } from './forecast-series.ts'

const CHARTS: Record<Forecast, Pick<LineChartProps, 'title' | 'formatY' | 'formatTick' | 'isShare'>> = {
  sparsity: { title: 'Sparsity', formatY: y => formatPercent(y), formatTick: formatShare, isShare: true },
  threshold: { title: 'Threshold', formatY: y => formatNumber(y), formatTick: y => formatNumber(y, 3) },
  learningRate: {
    title: 'Learning rate',
    formatY: y => formatNumber(y),
    formatTick: y => formatNumber(y, 3),
  },
}

/** Learning rate, threshold and sparsity of each epoch, as far as the service can forecast them. */
export function ForecastCharts({ dryRun }: { dryRun: DryRun }) {
  const { epochs } = dryRun.plan
  const zoom = useZoom()
  const cursor = useSignal<number | null>(null)
  const charts = useMemo(() => forecastSeries(epochs), [epochs])
  const constant = charts.sparsity && constantOf(charts.sparsity)
  const names = (Object.keys(charts) as Forecast[]).filter(name => name !== 'sparsity' || !constant)
  return (
    <div>
      {names.map(name => (
        <LineChart
          key={name}
          {...CHARTS[name]}
          name={name}
          series={charts[name]!}
          x={X_AXES.epoch}
          zoom={zoom}
          cursor={cursor}
          layout="track"
        />
      ))}
      {constant && (
        <p class="chart-note">
          Sparsity: {formatPercent(constant.value)} from epoch {constant.from} on.
        </p>
      )}
      {dryRun.spec.target && (
        <p class="chart-note">
          The service chooses the threshold during the training, so that it meets the target.
        </p>
      )}
      {!charts.sparsity && (
        <p class="chart-note">
          The sparsity cannot be forecast yet: no job with this model and these data has finished, and
          training moves the weights.
        </p>
      )}
    </div>
  )
}
