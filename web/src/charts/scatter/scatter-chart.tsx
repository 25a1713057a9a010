import { useRef } from 'preact/hooks'
import { isDark } from '../../state/theme.ts'
import { lineStyle } from '../palette.ts'
import { Axes } from './axes.tsx'
import { axisScale } from './axis-scale.ts'
import { Marks } from './marks.tsx'
import type { ScatterAxis, ScatterPoint } from './scatter-point.ts'
import { useChosenPoint } from './use-chosen-point.ts'
import { useWidth } from './use-width.ts'

export interface ScatterChartProps {
  title: string
  points: readonly ScatterPoint[]
  x: ScatterAxis
  y: ScatterAxis
  /** The points that no other beats, in the order of x. Drawn as steps. */
  front: readonly ScatterPoint[]
  selected?: string | undefined
  /** Called by a click and by Enter. */
  onSelect(id: string): void
}

const HEIGHT = 380
const MARGIN = { top: 12, right: 14, bottom: 44, left: 76 }

/** Points that are chosen with the pointer or, once the chart has the focus, with the arrow keys and Enter. */
export function ScatterChart(props: ScatterChartProps) {
  const { title, points, x, y, front } = props
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom }
  const scaleX = axisScale(
    points.map(point => point.x),
    x.scale,
  )
  const scaleY = axisScale(
    points.map(point => point.y),
    y.scale,
    y.isShare,
  )
  const place = (point: ScatterPoint) => ({
    ...point,
    px: MARGIN.left + scaleX.position(point.x) * inner.width,
    py: MARGIN.top + (1 - scaleY.position(point.y)) * inner.height,
    colour: lineStyle(point.group, isDark.value).colour,
  })
  const placed = points.map(place)
  const { active, handlers, idOf } = useChosenPoint(placed, props)
  const current = placed.find(({ id }) => id === active)
  return (
    <div class="scatter" ref={frame}>
      <svg width={width} height={HEIGHT} {...handlers} aria-label={title}>
        <Axes {...{ scaleX, scaleY, x, y, inner, margin: MARGIN }} />
        <Marks
          placed={placed}
          front={front.map(place)}
          stepsFirst={x.better === 'less'}
          selected={props.selected}
          active={active}
          idOf={idOf}
        />
      </svg>
      <p class="chart-note" aria-hidden="true">
        {current ? current.label : 'Point at a mark, or use the arrow keys. Enter or a click selects it.'}
      </p>
    </div>
  )
}
