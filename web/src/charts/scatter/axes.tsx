import type { AxisScale } from './axis-scale.ts'
import type { ScatterAxis } from './scatter-point.ts'

interface AxesProps {
  scaleX: AxisScale
  scaleY: AxisScale
  x: ScatterAxis
  y: ScatterAxis
  inner: { width: number; height: number }
  margin: { top: number; left: number }
}

/** Pixels that a label of the x axis needs. */
const LABEL_WIDTH = 52

/** Grid lines with the values of the ticks, and the names of the axes. */
export function Axes({ scaleX, scaleY, x, y, inner, margin: { top, left } }: AxesProps) {
  const [right, bottom] = [left + inner.width, top + inner.height]
  const named = spread(scaleX.ticks.map(tick => ({ tick, at: left + scaleX.position(tick) * inner.width })))
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: lines and texts of a drawing never have the focus
    <g class="axes" aria-hidden="true">
      {scaleY.ticks.map(tick => {
        const at = top + (1 - scaleY.position(tick)) * inner.height
        return (
          <g key={tick}>
            <line x1={left} x2={right} y1={at} y2={at} />
            <text x={left - 8} y={at + 4} text-anchor="end">
              {y.format(tick)}
            </text>
          </g>
        )
      })}
      {named.map(({ tick, at }) => (
        <g key={tick}>
          <line x1={at} x2={at} y1={top} y2={bottom} />
          <text x={at} y={bottom + 18} text-anchor="middle">
            {x.format(tick)}
          </text>
        </g>
      ))}
      <text x={(left + right) / 2} y={bottom + 38} text-anchor="middle" class="axis-name">
        {x.label}
      </text>
      <text
        transform={`translate(12 ${(top + bottom) / 2}) rotate(-90)`}
        text-anchor="middle"
        class="axis-name"
      >
        {y.label}
      </text>
    </g>
  )
}

/** The ticks whose labels do not overlap. */
function spread(ticks: { tick: number; at: number }[]) {
  let last = Number.NEGATIVE_INFINITY
  return ticks.filter(({ at }) => {
    if (at - last < LABEL_WIDTH) return false
    last = at
    return true
  })
}
