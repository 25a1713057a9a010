import type { MutableRef } from 'preact/hooks'
import { chartKeys, chartWheel } from './gestures.ts'
import type { Plot } from './plot.ts'
import type { Series } from './series.ts'
import type { Zoom } from './zoom.ts'

interface PlotFrameProps {
  frame: MutableRef<HTMLDivElement | null>
  plot: MutableRef<Plot | null>
  label: string
  describedBy: string
  zoom: Zoom
  series: readonly Series[]
}

/** The element that a plot is drawn in, with its keys and its wheel. */
export function PlotFrame({ frame, plot, label, describedBy, zoom, series }: PlotFrameProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of form fields is something else
    <div
      ref={frame}
      class="chart-plot"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the plot has keys
      tabIndex={0}
      aria-label={`${label}: plot. Arrow keys read the points, plus and minus zoom.`}
      aria-describedby={describedBy}
      onKeyDown={event => chartKeys(event, plot.current, zoom, series)}
      onWheel={event => chartWheel(event, plot.current, zoom, series)}
      onDblClick={() => {
        zoom.value = null
      }}
    />
  )
}
