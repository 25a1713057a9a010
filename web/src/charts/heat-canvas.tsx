import { useComputed, useSignal } from '@preact/signals'
import { type MutableRef, useEffect, useRef } from 'preact/hooks'
import { formatPercent } from '../format/numbers.ts'
import { drawHeat } from './draw-heat.ts'
import type { HeatScale } from './heat-colours.ts'
import { type HeatRow, sparsityAt } from './heat-rows.ts'
import type { Range } from './ranges.ts'
import type { Cell } from './use-cell.ts'
import { useVisible } from './use-visible.ts'
import type { Zoom } from './zoom.ts'

interface HeatCanvasProps {
  frame: MutableRef<HTMLDivElement | null>
  rows: readonly HeatRow[]
  xs: Float64Array
  zoom: Zoom
  scale: HeatScale
  cell: Cell
  label: string
  describedBy: string
}

/** Pixels for a row: fewer for a network with many variables. */
const rowHeightOf = (rows: number) => (rows <= 12 ? 24 : rows <= 40 ? 14 : 6)
/** Below this height rows have no names. */
const NAMED_FROM = 14

export function HeatCanvas({ frame, rows, xs, zoom, scale, cell, label, describedBy }: HeatCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useSignal(0)
  const visible = useVisible(frame)
  const rowHeight = rowHeightOf(rows.length)
  const range = zoom.value ?? wholeRange(xs)
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      width.value = canvas.current?.clientWidth ?? 0
    })
    observer.observe(canvas.current!)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (visible && width.value > 0 && canvas.current && xs.length > 0)
      drawHeat(canvas.current, width.value, rowHeight, { rows, xs, range, scale })
  }, [visible, width.value, rows, xs, range[0], range[1], scale])
  const named = rowHeight >= NAMED_FROM
  return (
    <div class="heat-rows" style={{ '--row': `${rowHeight}px` }}>
      <Names rows={named ? rows : []} />
      <div class="heat-frame" ref={frame}>
        <canvas ref={canvas} class="heat-canvas" style={{ height: `${rowHeight * rows.length}px` }} />
        <Pointer {...{ range, cell, rowHeight, label, describedBy }} />
      </div>
    </div>
  )
}

function Names({ rows }: { rows: readonly HeatRow[] }) {
  return (
    <ol class="heat-names">
      {rows.map(row => (
        <li key={row.name} title={row.name}>
          <span class="heat-name">{row.name}</span>
          <span class="heat-last">{formatPercent(sparsityAt(row, row.nonzero.length - 1), 1)}</span>
        </li>
      ))}
    </ol>
  )
}

interface PointerProps {
  range: Range
  cell: Cell
  rowHeight: number
  label: string
  describedBy: string
}

/** Receives the pointer and the keys, and marks the epoch under the cursor. */
function Pointer({ range: [from, to], cell, rowHeight, label, describedBy }: PointerProps) {
  const share = useComputed(() => (cell.x.value === null ? null : (cell.x.value - from) / (to - from)))
  const isInside = share.value !== null && share.value >= 0 && share.value <= 1
  const keys: Record<string, [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of form fields is something else
    <div
      class="heat-pointer"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the map has keys
      tabIndex={0}
      aria-label={`${label}: map. Arrow keys read the cells.`}
      aria-describedby={describedBy}
      onKeyDown={event => {
        const step = keys[event.key]
        if (!step) return
        event.preventDefault()
        cell.move(...step)
      }}
      onPointerMove={event => {
        const box = event.currentTarget.getBoundingClientRect()
        const x = from + ((event.clientX - box.left) / box.width) * (to - from)
        cell.point(Math.floor((event.clientY - box.top) / rowHeight), x)
      }}
      onPointerLeave={() => cell.point(cell.row.peek(), null)}
    >
      {isInside && <span class="heat-mark" style={{ left: `${100 * share.value!}%` }} />}
    </div>
  )
}

function wholeRange(xs: Float64Array): Range {
  const [from, to] = [xs[0] ?? 0, xs.at(-1) ?? 1]
  return to > from ? [from, to] : [from - 0.5, from + 0.5]
}
