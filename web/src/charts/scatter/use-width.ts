import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'

const FIRST_GUESS = 640

/** The width of an element in pixels, now and after every change. */
export function useWidth(element: RefObject<Element>): number {
  const [width, setWidth] = useState(FIRST_GUESS)
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.round(entry!.contentRect.width) || FIRST_GUESS),
    )
    observer.observe(element.current!)
    return () => observer.disconnect()
  }, [element])
  return width
}
