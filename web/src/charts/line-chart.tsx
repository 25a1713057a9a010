import type { Signal } from '@preact/signals'
import { useId, useMemo, useRef } from 'preact/hooks'
import { isDark } from '../state/theme.ts'
import { ChartTable } from './chart-table.tsx'
import { useChartView } from './chart-view.tsx'
import { Legend } from './legend.tsx'
import { dashedStyle, lineStyle } from './palette.ts'
import { PlotFrame } from './plot-frame.tsx'
import type { Series } from './series.ts'
import { smoothSeries } from './smooth.ts'
import { summarize } from './summarize.ts'
import { usePlot } from './use-plot.ts'
import type { XAxis } from './x-axis.ts'
import { Y_SCALES, type YScale } from './y-scale.ts'
import type { Zoom } from './zoom.ts'

export interface LineChartProps {
  title: string
  /** Prefix of the query parameters of this chart; unique on its page. */
  name: string
  series: readonly Series[]
  x: XAxis
  /** A value in the legend, the summary and the table. */
  formatY: (y: number) => string
  /** A value beside the y axis, where that is shorter. */
  formatTick?: (y: number) => string
  /** Whether the values are shares: the y axis ends at 0 and at 100 %. */
  isShare?: boolean
  /** The interval of x; charts with the same object show the same. */
  zoom: Zoom
  /** Weight of the past in the smoothed curves; 0: none. */
  smoothing?: number
  /** The scales that the reader may choose from. The first is the default. */
  scales?: readonly YScale[]
  /** The x under the cursor; charts with the same signal show it together. */
  cursor?: Signal<number | null>
  /** `track`: title and legend are beside the plot, for charts above each other. */
  layout?: 'track' | 'wide'
}

/** Dashes separate few curves better than colours alone; among many they are noise. */
const DASHED_UP_TO = 4

/** A chart of lines with legend, readings, scales, zoom, summary and table. */
export function LineChart(props: LineChartProps) {
  const { title, name, series, x, formatY, formatTick = formatY, zoom, smoothing = 0, cursor } = props
  const { scales = Y_SCALES, layout = 'wide', isShare = false } = props
  const frame = useRef<HTMLDivElement>(null)
  const summaryId = useId()
  const view = useChartView(name, scales)
  const dark = isDark.value
  const drawn = useMemo(() => smoothSeries(series, smoothing), [series, smoothing])
  const styleOf = series.length <= DASHED_UP_TO ? dashedStyle : lineStyle
  const styles = series.map((curve, index) => styleOf(curve.style ?? index, dark))
  const labels = series.map(curve => curve.label)
  const look = { scale: view.scale, labels, styles, x, formatY: formatTick, isShare }
  const lookId = [view.scale, isShare, dark, x.label, ...labels, ...styles.map(style => style.colour)].join(
    '\n',
  )
  const { plot, reading, rows } = usePlot(frame, look, lookId, drawn, zoom, cursor)
  const words = { x: x.label, formatX: x.format, formatY }
  return (
    <figure class={`chart ${layout}`} aria-labelledby={`${summaryId}-title`}>
      <div class="chart-side">
        <h3 id={`${summaryId}-title`}>{title}</h3>
        {view.controls(title)}
        <Legend labels={labels} styles={styles} reading={reading} format={formatY} />
        <Decimated rows={rows} smoothing={smoothing} />
      </div>
      <PlotFrame {...{ frame, plot, zoom, series }} label={title} describedBy={summaryId} />
      <figcaption id={summaryId} class={view.table ? 'chart-note' : 'visually-hidden'}>
        {summarize(series, words)}
      </figcaption>
      {view.table && <ChartTable caption={title} series={series} x={x} formatY={formatY} />}
    </figure>
  )
}

interface DecimatedProps {
  rows: Signal<{ shown: number; total: number } | null>
  smoothing: number
}

/** What the picture leaves out: points between the extremes of a pixel, and the noise that smoothing removes. */
function Decimated({ rows, smoothing }: DecimatedProps) {
  const { shown = 0, total = 0 } = rows.value ?? {}
  const notes = [
    ...(shown < total
      ? [`showing ${shown.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} points`]
      : []),
    ...(smoothing > 0 ? [`smoothed with ${smoothing}`] : []),
  ]
  return notes.length > 0 ? <p class="chart-note">{notes.join(' · ')}</p> : null
}
