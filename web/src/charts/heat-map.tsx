import type { Signal } from '@preact/signals'
import { useId, useMemo, useRef } from 'preact/hooks'
import { formatCount, formatPercent } from '../format/numbers.ts'
import { ChartTable } from './chart-table.tsx'
import { useChartView } from './chart-view.tsx'
import { HeatCanvas } from './heat-canvas.tsx'
import { HEAT_SCALES, HEAT_TICKS, type HeatScale, heatColour, heatPosition } from './heat-colours.ts'
import { type HeatRow, sparsityAt, summarizeHeat } from './heat-rows.ts'
import { useCell } from './use-cell.ts'
import type { XAxis } from './x-axis.ts'
import type { Zoom } from './zoom.ts'

export interface HeatMapProps {
  title: string
  /** Prefix of the query parameters of this chart; unique on its page. */
  name: string
  rows: readonly HeatRow[]
  /** The x of each epoch, ascending. */
  xs: Float64Array
  x: XAxis
  zoom: Zoom
  cursor: Signal<number | null>
}

/** The sparsity of each variable over time, as colours. */
export function HeatMap({ title, name, rows, xs, x, zoom, cursor }: HeatMapProps) {
  const titleId = useId()
  const frame = useRef<HTMLDivElement>(null)
  const view = useChartView(name, HEAT_SCALES)
  const cell = useCell(rows.length, xs, cursor)
  const table = useMemo(
    () =>
      rows.map(row => ({ label: row.name, xs, ys: row.nonzero.map((_, epoch) => sparsityAt(row, epoch)) })),
    [rows, xs],
  )
  return (
    <figure class="chart heat" aria-labelledby={titleId}>
      <div class="chart-side">
        <h3 id={titleId}>{title}</h3>
        {view.controls(title)}
        <ColourKey scale={view.scale} />
        <CellReading row={rows[cell.row.value]} epoch={cell.epoch.value} xs={xs} x={x} />
      </div>
      <HeatCanvas
        {...{ frame, rows, xs, zoom, cell }}
        scale={view.scale}
        label={title}
        describedBy={`${titleId}-s`}
      />
      <figcaption id={`${titleId}-s`} class={view.table ? 'chart-note' : 'visually-hidden'}>
        {summarizeHeat(rows)}
      </figcaption>
      {view.table && <ChartTable caption={title} series={table} x={x} formatY={y => formatPercent(y)} />}
    </figure>
  )
}

function ColourKey({ scale }: { scale: HeatScale }) {
  const stops = Array.from({ length: 11 }, (_, stop) => `rgb(${heatColour(stop / 10).join(' ')})`)
  return (
    <div class="colour-key" aria-hidden="true">
      <span class="colour-ramp" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span class="colour-ticks">
        {HEAT_TICKS[scale].map(tick => (
          <span key={tick} style={{ left: `${100 * heatPosition(tick, scale)}%` }}>
            {Number((100 * tick).toFixed(1))}
          </span>
        ))}
      </span>
    </div>
  )
}

interface CellReadingProps {
  row: HeatRow | undefined
  epoch: number | null
  xs: Float64Array
  x: XAxis
}

function CellReading({ row, epoch, xs, x }: CellReadingProps) {
  if (!row || epoch === null || epoch >= xs.length) return <output class="chart-note" />
  return (
    <output class="chart-note">
      <strong>{row.name}</strong>
      <br />
      {x.label} {x.format(xs[epoch]!)}: {formatPercent(sparsityAt(row, epoch))} zeros
      <br />
      {formatCount(row.nonzero[epoch]!)} of {formatCount(row.size)} non-zero
    </output>
  )
}
