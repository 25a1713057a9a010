import { useId, useState } from 'preact/hooks'
import { closestPoint } from './closest-point.ts'
import type { ScatterPoint } from './scatter-point.ts'

export interface PlacedPoint extends ScatterPoint {
  px: number
  py: number
  colour: string
}

interface Choosing {
  selected?: string | undefined
  onSelect(id: string): void
}

/** How far from a point a click still means it, in pixels: a finger is less exact than a mouse. */
const REACH = 18

/** The point under the pointer or the keys, and what an SVG element needs so that it can be chosen: it acts as a list box. */
export function useChosenPoint(placed: readonly PlacedPoint[], { selected, onSelect }: Choosing) {
  const prefix = useId()
  const [active, setActive] = useState<string | undefined>()
  const ordered = [...placed].sort((a, b) => a.px - b.px || a.py - b.py)
  const idOf = (id: string) => `${prefix}-${id}`
  const under = (event: MouseEvent) => {
    const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
    return placed[closestPoint(placed, event.clientX - left, event.clientY - top, REACH)]?.id
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const from = ordered.findIndex(({ id }) => id === (active ?? selected))
    const next = afterKey(event.key, from, ordered.length)
    if (next !== undefined) setActive(ordered[next]?.id)
    else if ((event.key === 'Enter' || event.key === ' ') && active) onSelect(active)
    else return
    event.preventDefault()
  }
  const handlers = {
    role: 'listbox' as const,
    // In the namespace of SVG, the names of attributes are case-sensitive.
    tabindex: 0,
    'aria-activedescendant': active && idOf(active),
    onKeyDown,
    // Browsers also report a pointer that rests while the page moves under it; it must not undo what the keys chose.
    onMouseMove: (event: MouseEvent) => (event.movementX || event.movementY) && setActive(under(event)),
    onClick: (event: MouseEvent) => under(event) && onSelect(under(event)!),
  }
  return { active, handlers, idOf }
}

/** The index after a key, in the order from left to right; undefined for a key that moves nothing. */
function afterKey(key: string, from: number, count: number): number | undefined {
  if (count === 0) return undefined
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(from + 1, count - 1)
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(from - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
