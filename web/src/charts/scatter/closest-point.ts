/** The index of the point that is closest to a place, or -1 if none is within `reach`; all in pixels. */
export function closestPoint(
  points: readonly { px: number; py: number }[],
  x: number,
  y: number,
  reach: number,
): number {
  let [closest, least] = [-1, reach]
  for (const [index, { px, py }] of points.entries()) {
    const distance = Math.hypot(px - x, py - y)
    if (distance <= least) [closest, least] = [index, distance]
  }
  return closest
}
