/** A measured model: more of `gain` and less of `cost` are better. */
export interface Measured {
  gain: number
  cost: number
}

/**
 * The points that no other point beats, in ascending order of their cost: no other has at most the same cost and at least the same gain,
 * one of them better. Of equal points all remain.
 */
export function paretoFront<T extends Measured>(points: readonly T[]): T[] {
  const sorted = [...points].sort((a, b) => a.cost - b.cost || b.gain - a.gain)
  const front: T[] = []
  for (const point of sorted) {
    const best = front.at(-1)
    if (!best || point.gain > best.gain || (point.gain === best.gain && point.cost === best.cost))
      front.push(point)
  }
  return front
}
