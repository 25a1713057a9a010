import type uPlot from 'uplot'
import type { LineStyle } from './palette.ts'
import type { XAxis } from './x-axis.ts'
import { Y_STEPS, yRange } from './y-range.ts'
import { DISTRIBUTIONS, type YScale } from './y-scale.ts'

export interface PlotLook {
  scale: YScale
  labels: string[]
  styles: LineStyle[]
  x: XAxis
  formatY: (y: number) => string
  /** Whether the values are shares from 0 to 1. */
  isShare?: boolean
}

/** Pixels for the figures of the y axis; equal in all charts, so that charts above each other are aligned. */
const GUTTER = 58

/** Steps between the figures of an axis without fractions. */
const WHOLE_STEPS = Array.from(
  { length: 27 },
  (_, index) => [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3),
)

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'

/** With more curves the one nearest to the cursor is drawn in full and the others are faded. */
const FADES_ABOVE = 4

/** Browsers without a graphics processor draw lines of at most one pixel five times as fast as wider ones. */
const HAIRLINE = 1

/** Of many curves, the points are marked only while fewer are visible. */
const MARKED_BELOW = 12

/** The options of uPlot for a chart of lines in the colours of the theme. */
export function plotOptions(element: HTMLElement, look: PlotLook, hooks: uPlot.Hooks.Arrays): uPlot.Options {
  const { labels, styles, scale, isShare = false } = look
  const many = labels.length > FADES_ABOVE
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      y: false,
      ...(many && { focus: { prox: 20 } }),
    },
    focus: { alpha: many ? 0.25 : 1 },
    scales: {
      x: { time: false },
      y: {
        distr: DISTRIBUTIONS[scale],
        range: (_, low, high) => [...yRange(low, high, scale, isShare)] as uPlot.Range.MinMax,
      },
    },
    axes: axes(element, look),
    series: [{}, ...labels.map((label, index) => line(label, styles[index]!, many))],
    hooks,
  }
}

function line(label: string, { colour, dash }: LineStyle, many: boolean): uPlot.Series {
  const isSparse = (_: uPlot, __: number, from: number, to: number) => to - from < MARKED_BELOW
  const points = { size: 5, fill: colour, ...(many && { show: isSparse }) }
  return { label, stroke: colour, dash, width: many ? HAIRLINE : 1.5, points }
}

function axes(element: HTMLElement, { x, scale, formatY }: PlotLook): uPlot.Axis[] {
  const theme = getComputedStyle(element)
  const shared = {
    stroke: theme.getPropertyValue('--text-quiet'),
    font: FONT,
    grid: { stroke: theme.getPropertyValue('--grid'), width: 1 },
    ticks: { show: false },
  }
  const words = (format: (value: number) => string) => (_: uPlot, splits: (number | null)[]) =>
    splits.map(value => (value === null ? '' : format(value)))
  return [
    {
      ...shared,
      ...{ size: 26, gap: 4, space: 64, values: words(x.format) as uPlot.Axis.Values },
      ...(x.whole && { incrs: WHOLE_STEPS }),
    },
    {
      ...shared,
      ...{ size: GUTTER, gap: 6, space: 32, values: words(formatY) as uPlot.Axis.Values },
      ...(scale === 'linear' && { incrs: Y_STEPS }),
    },
  ]
}
