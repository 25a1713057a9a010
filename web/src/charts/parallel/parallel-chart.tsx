import { useRef } from 'preact/hooks'
import { useWidth } from '../scatter/use-width.ts'
import { AxisColumn } from './axis-column.tsx'
import { type Axis, type AxisValue, type Brush, isSelected, type Line, positionOf } from './parallel-axis.ts'

export interface ParallelChartProps {
  title: string
  axes: readonly Axis[]
  lines: readonly Line[]
  brushes: ReadonlyMap<string, Brush>
  format(axis: Axis, value: AxisValue): string
  onBrush(brushes: ReadonlyMap<string, Brush>): void
}

const HEIGHT = 300
const TOP = 34
const BOTTOM = 24
/** Pixels that the names of two axes need beside each other; narrower screens scroll. */
const LEAST_GAP = 124
const SIDE = 56
/** Words are longer than numbers. */
const WORDS_SIDE = 124

/**
 * Parallel coordinates: a line for each trial through its value on every axis. A part of an axis is selected by dragging along it, or
 * by moving its bounds with the arrow keys.
 */
export function ParallelChart({ title, axes, lines, brushes, format, onBrush }: ParallelChartProps) {
  const frame = useRef<HTMLElement>(null)
  const left = axes[0]?.scale === 'words' ? WORDS_SIDE : SIDE
  const width = Math.max(useWidth(frame), LEAST_GAP * (axes.length - 1) + left + SIDE)
  const height = HEIGHT - TOP - BOTTOM
  const placeX = (index: number) => left + (index / Math.max(axes.length - 1, 1)) * (width - left - SIDE)
  const placeY = (position: number) => TOP + (1 - position) * height
  const path = ({ values }: Line) => pathOf(values, axes, placeX, placeY)
  const brush = (name: string, next: Brush | null) => {
    const others = [...brushes].filter(([axis]) => axis !== name)
    onBrush(new Map(next ? [...others, [name, next] as const] : others))
  }
  const selected = lines.filter(line => isSelected(line, axes, brushes))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
    <section class="parallel" ref={frame} aria-label={title} tabIndex={0}>
      <svg width={width} height={HEIGHT}>
        <title>{title}</title>
        {lines.map(line => (
          <path key={line.id} class="left-out" d={path(line)} />
        ))}
        {selected.map(line => (
          <path
            key={line.id}
            class={line.isMarked ? 'line marked' : 'line'}
            d={path(line)}
            data-line={line.id}
          />
        ))}
        {axes.map((axis, index) => (
          <AxisColumn
            key={axis.name}
            {...{ axis, format, top: TOP, height, at: placeX(index), brush: brushes.get(axis.name) }}
            onBrush={next => brush(axis.name, next)}
          />
        ))}
      </svg>
    </section>
  )
}

/** A line has a gap where it has no value. */
function pathOf(
  values: Line['values'],
  axes: readonly Axis[],
  placeX: (index: number) => number,
  placeY: (position: number) => number,
): string {
  let isDrawing = false
  return values
    .map((value, index) => {
      if (value === undefined) {
        isDrawing = false
        return ''
      }
      const command = isDrawing ? 'L' : 'M'
      isDrawing = true
      return `${command}${placeX(index)} ${placeY(positionOf(axes[index]!, value))}`
    })
    .join('')
}
