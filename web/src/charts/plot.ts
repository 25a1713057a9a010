import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { decimate, type Rows } from './decimate.ts'
import { type PlotLook, plotOptions } from './plot-options.ts'
import type { Range } from './ranges.ts'
import { extentOf, haveCommonX, type Series } from './series.ts'
import { drawable } from './y-scale.ts'

/** The values under the cursor, by curve. */
export interface Reading {
  x: number
  ys: (number | null | undefined)[]
}

export interface PlotEvents {
  onSelect: (range: Range) => void
  /** @param isFollowing whether another chart moved the cursor */
  onReading: (reading: Reading | null, isFollowing: boolean) => void
  /** After each decimation. */
  onRows: (rows: Pick<Rows, 'shown' | 'total'>) => void
}

/** A drag below this is a click. */
const LEAST_DRAG_PX = 4

/** With common x and at most so many points for each pixel, uPlot receives every point once, and zooms by itself. */
const KEPT_PER_PIXEL = 4

/** A chart of lines on a canvas. */
export class Plot {
  readonly #chart: uPlot
  readonly #look: PlotLook
  readonly #events: PlotEvents
  #series: readonly Series[] = []
  #range: Range | null = null
  #commonX = true
  /** Whether the cursor moves because that of another chart does. */
  #isFollowing = false
  /** Whether the chart has all points, so that a new interval needs no new rows. */
  #isComplete = false

  constructor(element: HTMLElement, look: PlotLook, events: PlotEvents) {
    this.#look = look
    this.#events = events
    const hooks = { setSelect: [() => this.#select()], setCursor: [() => this.#read()] }
    this.#chart = new uPlot(plotOptions(element, look, hooks as uPlot.Hooks.Arrays), [[]], element)
  }

  setSeries(series: readonly Series[]): void {
    this.#series = drawable(series, this.#look.scale)
    this.#commonX = haveCommonX(series)
    this.#isComplete = false
    this.#draw()
  }

  /** Shows an interval of x, or everything. */
  setRange(range: Range | null): void {
    this.#range = range
    this.#draw()
  }

  resize(width: number, height: number): void {
    if (width === this.#chart.width && height === this.#chart.height) return
    this.#chart.setSize({ width, height })
    this.#isComplete = false
    this.#draw()
  }

  /** Moves the cursor to the next or previous point. */
  step(direction: 1 | -1): void {
    const xs = this.#chart.data[0]
    if (xs.length === 0) return
    const at = this.#chart.cursor.idx ?? (direction > 0 ? -1 : xs.length)
    const x = xs[Math.min(xs.length - 1, Math.max(0, at + direction))]!
    const left = this.#chart.valToPos(x, 'x')
    this.#chart.setCursor({ left, top: this.#chart.over.clientHeight / 2 }, true)
  }

  /** Shows the cursor at x without reporting it; null hides it. */
  follow(x: number | null): void {
    this.#isFollowing = true
    const left = x === null ? -10 : this.#chart.valToPos(x, 'x')
    this.#chart.setCursor({ left, top: x === null ? -10 : this.#chart.over.clientHeight / 2 }, true)
    this.#isFollowing = false
  }

  /** The x under a pixel of the page. */
  xAt(clientX: number): number {
    return this.#chart.posToVal(clientX - this.#chart.over.getBoundingClientRect().left, 'x')
  }

  destroy(): void {
    this.#chart.destroy()
  }

  #draw(): void {
    const extent = extentOf(this.#series)
    const [from, to] = this.#range ?? extent ?? [0, 1]
    // A chart with one point has an interval around it.
    const [min, max] = to > from ? [from, to] : [from - 0.5, from + 0.5]
    this.#chart.batch(() => {
      if (!this.#isComplete) this.#setRows(min, max)
      this.#chart.setScale('x', { min, max })
    })
  }

  #setRows(min: number, max: number): void {
    const columns = Math.max(1, Math.round(this.#chart.over.clientWidth || this.#chart.width))
    const points = this.#series[0]?.xs.length ?? 0
    this.#isComplete = this.#commonX && points <= KEPT_PER_PIXEL * columns
    const rows = this.#isComplete
      ? decimate(this.#series, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, points, true)
      : decimate(this.#series, min, max, columns, this.#commonX)
    this.#chart.setData([rows.xs, ...rows.ys] as uPlot.AlignedData, false)
    this.#events.onRows(rows)
  }

  #select(): void {
    const { left, width } = this.#chart.select
    if (width < LEAST_DRAG_PX) return
    this.#chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    this.#events.onSelect([this.#chart.posToVal(left, 'x'), this.#chart.posToVal(left + width, 'x')])
  }

  #read(): void {
    const { idx, idxs, left } = this.#chart.cursor
    if (idx === null || idx === undefined || left === undefined || left < 0) {
      this.#events.onReading(null, this.#isFollowing)
      return
    }
    const ys = this.#series.map((_, index) => {
      const row = idxs?.[index + 1]
      return row === null || row === undefined ? null : this.#chart.data[index + 1]?.[row]
    })
    this.#events.onReading({ x: this.#chart.data[0][idx]!, ys }, this.#isFollowing)
  }
}
