import { computed, effect, type Signal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { rangeCodec } from '../state/codecs.ts'
import { changeQuery, query } from '../state/location.ts'

export type Range = readonly [from: number, to: number]

/** The interval of x that charts show; null: all. */
export type Zoom = Signal<Range | null>

/** A gesture changes the interval many times; browsers refuse to change the address that often. */
const COMMIT_AFTER_MS = 200

/** The interval that the charts of a page share. It follows the query parameter and is written to it after each gesture. */
export function useZoom(parameter = 'zoom'): Zoom {
  const stored = useMemo(() => computed(() => query.value.get(parameter)), [parameter])
  const zoom = useMemo(() => signal<Range | null>(rangeCodec.read(stored.peek())), [parameter])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stopReading = effect(() => {
      const text = stored.value
      if (text !== rangeCodec.write(zoom.peek())) zoom.value = rangeCodec.read(text)
    })
    const stopWriting = zoom.subscribe(range => {
      clearTimeout(timer)
      const text = rangeCodec.write(range)
      if (text !== stored.peek())
        timer = setTimeout(() => changeQuery({ [parameter]: text }), COMMIT_AFTER_MS)
    })
    return () => {
      clearTimeout(timer)
      stopReading()
      stopWriting()
    }
  }, [zoom])
  return zoom
}

/** The same interval around `centre`, larger by `factor`, within `extent`; null when it contains all of it. */
export function scaleRange(range: Range, factor: number, centre: number, extent: Range): Range | null {
  const [from, to] = range
  return withinExtent([centre - (centre - from) * factor, centre + (to - centre) * factor], extent)
}

/** The interval moved by a share of its length, within `extent`. */
export function moveRange([from, to]: Range, share: number, extent: Range): Range | null {
  const length = to - from
  const by = Math.max(extent[0] - from, Math.min(extent[1] - to, share * length))
  return withinExtent([from + by, to + by], extent)
}

function withinExtent([from, to]: Range, extent: Range): Range | null {
  const [low, high] = [Math.max(from, extent[0]), Math.min(to, extent[1])]
  const all = extent[1] - extent[0]
  if (high - low >= all * 0.9999) return null
  // Below this, floating-point numbers no longer separate the points.
  return high - low > all * 1e-7 ? [low, high] : null
}
