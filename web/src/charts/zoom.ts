import { computed, effect, type Signal, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { rangeCodec } from '../state/codecs.ts'
import { changeQuery, query } from '../state/location.ts'
import type { Range } from './ranges.ts'

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
        timer = setTimeout(() => changeQuery({ [parameter]: text }, 'replace'), COMMIT_AFTER_MS)
    })
    return () => {
      clearTimeout(timer)
      stopReading()
      stopWriting()
    }
  }, [zoom])
  return zoom
}
