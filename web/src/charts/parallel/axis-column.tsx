import { useRef } from 'preact/hooks'
import { dragged, movedByKey } from './move-bound.ts'
import { type Axis, type AxisValue, type Brush, positionOf, valueAtPosition } from './parallel-axis.ts'

interface AxisColumnProps {
  axis: Axis
  /** Pixels. */
  at: number
  top: number
  height: number
  brush: Brush | undefined
  format(axis: Axis, value: AxisValue): string
  onBrush(brush: Brush | null): void
}

/** Half of the width in which the pointer reaches an axis, in pixels. */
const REACH = 16

/** One axis: its name, the values at its ends, its brush and the two bounds of the brush. */
export function AxisColumn({ axis, at, top, height, brush, format, onBrush }: AxisColumnProps) {
  const start = useRef<number | null>(null)
  const positionAt = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    return 1 - (event.clientY - box.top) / box.height
  }
  const placeY = (position: number) => top + (1 - position) * height
  const shown = brush ?? { from: 0, to: 1 }
  return (
    <g class="axis" transform={`translate(${at} 0)`}>
      <text y={14} text-anchor="middle" class="axis-name">
        {axis.name.split('.').at(-1)}
        <title>{axis.name}</title>
      </text>
      <line y1={top} y2={top + height} />
      {ticksOf(axis).map(value => (
        <text key={value} x={-6} y={placeY(positionOf(axis, value)) + 4} text-anchor="end" class="tick">
          {format(axis, value)}
        </text>
      ))}
      {brush && (
        <rect
          class="brush"
          x={-6}
          width={12}
          y={placeY(brush.to)}
          height={(brush.to - brush.from) * height}
        />
      )}
      <rect
        class="grip"
        x={-REACH}
        y={top}
        width={2 * REACH}
        height={height}
        data-axis={axis.name}
        onPointerDown={event => {
          start.current = positionAt(event)
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={event => start.current !== null && onBrush(dragged(start.current, positionAt(event)))}
        onPointerUp={event => {
          if (start.current !== null) onBrush(dragged(start.current, positionAt(event)))
          start.current = null
        }}
      />
      {(['to', 'from'] as const).map(bound => (
        <Bound key={bound} {...{ axis, bound, shown, brush, format, onBrush }} y={placeY(shown[bound])} />
      ))}
    </g>
  )
}

interface BoundProps extends Pick<AxisColumnProps, 'axis' | 'brush' | 'format' | 'onBrush'> {
  bound: keyof Brush
  shown: Brush
  y: number
}

/** A bound of a brush, as a slider for the arrow keys. */
function Bound({ axis, bound, shown, brush, format, onBrush, y }: BoundProps) {
  return (
    <path
      class="bound"
      d={bound === 'to' ? 'M-7-7H7L0 0z' : 'M-7 7H7L0 0z'}
      transform={`translate(0 ${y})`}
      role="slider"
      tabindex={0}
      aria-label={`${bound === 'to' ? 'Highest' : 'Lowest'} ${axis.name}`}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * shown[bound])}
      aria-valuetext={format(axis, valueAtPosition(axis, shown[bound]))}
      onKeyDown={event => {
        const next = movedByKey(event.key, bound, brush)
        if (next === undefined) return
        event.preventDefault()
        onBrush(next)
      }}
    />
  )
}

/** The ends of an axis of numbers; the words of the other axes, as long as there are few. */
function ticksOf({ scale, from, to, words }: Axis): AxisValue[] {
  if (scale === 'words') return words.length <= 8 ? words : []
  return from === to ? [from] : [from, to]
}
