import type { Plot } from './plot.ts'
import { moveRange, type Range, scaleRange } from './ranges.ts'
import { extentOf, type Series } from './series.ts'
import type { Zoom } from './zoom.ts'

const ZOOM_STEP = 1.5
const MOVE_STEP = 0.2

/**
 * Keys of a chart that has the focus: arrows read the points; with Shift they move the interval; plus and minus change
 * its length; 0 and Escape show everything.
 */
export function chartKeys(
  event: KeyboardEvent,
  plot: Plot | null,
  zoom: Zoom,
  series: readonly Series[],
): void {
  const extent = extentOf(series)
  if (!plot || !extent || event.ctrlKey || event.metaKey || event.altKey) return
  const range = zoom.peek() ?? extent
  const centre = (range[0] + range[1]) / 2
  const act = actions(plot, zoom, range, extent, centre)[(event.shiftKey ? 'Shift+' : '') + event.key]
  if (!act) return
  event.preventDefault()
  act()
}

function actions(
  plot: Plot,
  zoom: Zoom,
  range: Range,
  extent: Range,
  centre: number,
): Record<string, () => void> {
  const show = (next: Range | null) => () => {
    zoom.value = next
  }
  const closer = show(scaleRange(range, 1 / ZOOM_STEP, centre, extent))
  return {
    ArrowLeft: () => plot.step(-1),
    ArrowRight: () => plot.step(1),
    'Shift+ArrowLeft': show(moveRange(range, -MOVE_STEP, extent)),
    'Shift+ArrowRight': show(moveRange(range, MOVE_STEP, extent)),
    '+': closer,
    '=': closer,
    'Shift++': closer,
    '-': show(scaleRange(range, ZOOM_STEP, centre, extent)),
    '0': show(null),
    Escape: show(null),
  }
}

/** The wheel zooms with Ctrl, which is also what pinching sends; sideways it moves the interval. Otherwise the page scrolls. */
export function chartWheel(
  event: WheelEvent,
  plot: Plot | null,
  zoom: Zoom,
  series: readonly Series[],
): void {
  const extent = extentOf(series)
  if (!plot || !extent) return
  const range = zoom.peek() ?? extent
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
  if (event.ctrlKey || event.metaKey)
    zoom.value = scaleRange(range, Math.exp(event.deltaY / 200), plot.xAt(event.clientX), extent)
  else if (sideways && zoom.peek()) zoom.value = moveRange(range, event.deltaX / 800, extent)
  else return
  event.preventDefault()
}
