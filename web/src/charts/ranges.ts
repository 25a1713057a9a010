/** An interval of x. */
export type Range = readonly [from: number, to: number]

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
