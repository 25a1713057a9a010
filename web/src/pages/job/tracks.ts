import type { EpochMetrics } from '@thresher/client'
import { useMemo } from 'preact/hooks'
import type { LineChartProps } from '../../charts/line-chart.tsx'
import { metricSeries, type XChoice, xsOf } from '../../charts/x-axis.ts'
import { formatNumber, formatPercent, formatShare } from '../../format/numbers.ts'

type Track = Pick<
  LineChartProps,
  'title' | 'name' | 'series' | 'formatY' | 'formatTick' | 'isShare' | 'scales'
>
type Metric = (epoch: EpochMetrics) => number | undefined

interface TrackSource {
  title: string
  name: string
  share?: boolean
  curves: Record<string, Metric>
  scales?: Track['scales']
}

const SOURCES: TrackSource[] = [
  {
    title: 'Loss',
    name: 'loss',
    curves: { training: epoch => epoch.trainLoss, validation: epoch => epoch.validationLoss },
  },
  {
    title: 'Accuracy',
    name: 'accuracy',
    share: true,
    curves: { training: epoch => epoch.trainAccuracy, validation: epoch => epoch.validationAccuracy },
  },
  {
    title: 'Mean absolute error',
    name: 'error',
    curves: {
      training: epoch => epoch.trainMeanAbsoluteError,
      validation: epoch => epoch.validationMeanAbsoluteError,
    },
  },
  {
    title: 'Sparsity',
    name: 'sparsity',
    share: true,
    scales: ['linear'],
    curves: { 'all parameters': epoch => epoch.sparsity, kernels: epoch => epoch.weightSparsity },
  },
  { title: 'Threshold', name: 'threshold', curves: { threshold: epoch => epoch.threshold } },
  { title: 'Learning rate', name: 'rate', curves: { 'learning rate': epoch => epoch.learningRate } },
]

/** The charts of the metrics that a job has, by the chosen x. A learning rate that never changes has no chart. */
export function useTracks(epochs: readonly EpochMetrics[], x: XChoice): Track[] {
  return useMemo(() => {
    const xs = xsOf(epochs, x)
    return SOURCES.map(source => trackOf(source, epochs, xs)).filter(isWorthShowing)
  }, [epochs, x])
}

function trackOf(source: TrackSource, epochs: readonly EpochMetrics[], xs: Float64Array): Track {
  const { title, name, share = false, curves, scales } = source
  const series = Object.entries(curves)
    .map(([label, metric]) => metricSeries(epochs, label, metric, xs))
    .filter(({ ys }) => ys.some(Number.isFinite))
  return {
    ...{ title, name, series, isShare: share },
    ...(scales && { scales }),
    formatY: y => (share ? formatPercent(y) : formatNumber(y)),
    formatTick: y => (share ? formatShare(y) : formatNumber(y, 3)),
  }
}

function isWorthShowing({ name, series }: Track): boolean {
  const ys = series[0]?.ys
  if (!ys) return false
  return name !== 'rate' || ys.some(y => y !== ys[0])
}
