import { effect, type Signal, signal } from '@preact/signals'
import type { RefObject } from 'preact'
import { type MutableRef, useEffect, useMemo, useRef } from 'preact/hooks'
import type { Rows } from './decimate.ts'
import { Plot, type PlotEvents, type Reading } from './plot.ts'
import type { PlotLook } from './plot-options.ts'
import type { Series } from './series.ts'
import { useVisible } from './use-visible.ts'
import type { Zoom } from './zoom.ts'

export interface PlotState {
  plot: MutableRef<Plot | null>
  reading: Signal<Reading | null>
  rows: Signal<Pick<Rows, 'shown' | 'total'> | null>
}

/** Keeps a plot in an element once that is visible: its look, its curves, its interval, its size. */
export function usePlot(
  element: RefObject<HTMLElement>,
  look: PlotLook,
  lookId: string,
  series: readonly Series[],
  zoom: Zoom,
  cursor: Signal<number | null> | undefined,
): PlotState {
  const plot = useRef<Plot | null>(null)
  const { reading, rows } = useMemo(
    () => ({ reading: signal<Reading | null>(null), rows: signal<PlotState['rows']['value']>(null) }),
    [],
  )
  const visible = useVisible(element)
  useEffect(() => {
    const frame = element.current
    if (!visible || !frame) return
    const events: PlotEvents = {
      onSelect: range => {
        zoom.value = range
      },
      onReading: (next, isFollowing) => {
        reading.value = next
        if (cursor && !isFollowing) cursor.value = next?.x ?? null
      },
      onRows: ({ shown, total }) => {
        rows.value = { shown, total }
      },
    }
    const created = new Plot(frame, look, events)
    plot.current = created
    created.setSeries(series)
    const stopZoom = effect(() => created.setRange(zoom.value))
    const stopCursor = effect(() => {
      const x = cursor?.value ?? null
      if (x !== (reading.peek()?.x ?? null)) created.follow(x)
    })
    const observer = new ResizeObserver(() => created.resize(frame.clientWidth, frame.clientHeight))
    observer.observe(frame)
    return () => {
      stopZoom()
      stopCursor()
      observer.disconnect()
      created.destroy()
      plot.current = null
    }
  }, [visible, lookId, zoom])
  useEffect(() => plot.current?.setSeries(series), [series])
  return { plot, reading, rows }
}
