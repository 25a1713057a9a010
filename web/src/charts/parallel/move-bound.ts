import type { Brush } from './parallel-axis.ts'

const ALL: Brush = { from: 0, to: 1 }
const STEP = 0.05
const LEAST = 0.01
/** A drag that comes this close to the end of an axis means the end. */
const SNAP = 0.03

/** The brush after a key on its lower or upper bound; null if it contains the whole axis again, undefined if the key moves nothing. */
export function movedByKey(key: string, bound: keyof Brush, brush: Brush = ALL): Brush | null | undefined {
  const to = { ArrowUp: brush[bound] + STEP, ArrowDown: brush[bound] - STEP, Home: 0, End: 1 }[key]
  return to === undefined ? undefined : withBound(brush, bound, to)
}

/** The brush with another bound, kept within the axis and in order. */
export function withBound(brush: Brush, bound: keyof Brush, to: number): Brush | null {
  const limited =
    bound === 'from'
      ? { from: Math.min(Math.max(to, 0), brush.to - LEAST), to: brush.to }
      : { from: brush.from, to: Math.max(Math.min(to, 1), brush.from + LEAST) }
  return limited.from <= 0 && limited.to >= 1 ? null : limited
}

/** The brush of a drag between two positions; null for a click, which removes it. */
export function dragged(start: number, end: number): Brush | null {
  if (Math.abs(end - start) < LEAST) return null
  const clamp = (position: number) => (position < SNAP ? 0 : position > 1 - SNAP ? 1 : position)
  return { from: clamp(Math.min(start, end)), to: clamp(Math.max(start, end)) }
}
