/** What a trial achieved. */
export interface Outcome {
  /** One number for each goal, higher is better. */
  values: readonly number[]
  /** By how much the constraints are exceeded; 0 where all hold. */
  violation: number
}

/** Whether a is at least as good as b in every goal and better in one. */
function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, goal) => value >= b[goal]!) && a.some((value, goal) => value > b[goal]!)
}

/** The indices of the points that no other point dominates. O(n^2). */
export function nonDominated(points: readonly (readonly number[])[]): number[] {
  return points.flatMap((point, index) => (points.some(other => dominates(other, point)) ? [] : [index]))
}

/**
 * The indices of the outcomes, best first; equal ones keep their order. Feasible ones come first, then the infeasible by how little
 * they violate (Deb 2000, "An efficient constraint handling method for genetic algorithms", section 3), then those without an
 * outcome. Feasible ones with several goals are in the order of NSGA-II: by non-dominated front, within a front the least
 * crowded first (Deb et al. 2002, sections III.A and III.B). O(n^2).
 */
export function rankOutcomes(outcomes: readonly (Outcome | undefined)[]): number[] {
  const indices = [...outcomes.keys()]
  const feasible = indices.filter(index => outcomes[index]?.violation === 0)
  const infeasible = indices
    .filter(index => outcomes[index] && outcomes[index].violation !== 0)
    .sort((a, b) => compare(outcomes[b]!.violation, outcomes[a]!.violation))
  const unknown = indices.filter(index => outcomes[index] === undefined)
  const points = feasible.map(index => outcomes[index]!.values)
  return [...byGoals(points).map(place => feasible[place]!), ...infeasible, ...unknown]
}

/** Descending; two infinities are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : b - a
}

function byGoals(points: readonly (readonly number[])[]): number[] {
  const indices = [...points.keys()]
  if (points[0]?.length === 1) return indices.sort((a, b) => compare(points[a]![0]!, points[b]![0]!))
  return fronts(points).flatMap(front => {
    const crowding = crowdingDistances(front.map(index => points[index]!))
    const order = [...front.keys()]
    return order.sort((a, b) => compare(crowding[a]!, crowding[b]!)).map(place => front[place]!)
  })
}

/** Fast non-dominated sorting (Deb et al. 2002, section III.A): each point in the front after the last one that dominates it. */
function fronts(points: readonly (readonly number[])[]): number[][] {
  const indices = [...points.keys()]
  const dominated = points.map(point => indices.filter(other => dominates(point, points[other]!)))
  const dominators = points.map(() => 0)
  for (const losers of dominated) for (const loser of losers) dominators[loser]! += 1
  const found: number[][] = []
  let front = indices.filter(index => dominators[index] === 0)
  while (front.length > 0) {
    found.push(front)
    const next: number[] = []
    for (const index of front)
      for (const loser of dominated[index]!) {
        dominators[loser]! -= 1
        if (dominators[loser] === 0) next.push(loser)
      }
    front = next.sort((a, b) => a - b)
  }
  return found
}

/** The gap between a point's neighbours in each goal, as a share of its range, summed; infinite at the ends (section III.B). */
function crowdingDistances(points: readonly (readonly number[])[]): number[] {
  const distances = points.map(() => 0)
  for (const goal of points[0]!.keys()) {
    const at = (index: number) => points[index]![goal]!
    const order = [...points.keys()].sort((a, b) => at(a) - at(b))
    const span = at(order.at(-1)!) - at(order[0]!)
    for (const [place, index] of order.entries()) {
      const isEnd = place === 0 || place === order.length - 1
      if (isEnd) distances[index] = Number.POSITIVE_INFINITY
      else if (span > 0) distances[index]! += (at(order[place + 1]!) - at(order[place - 1]!)) / span
    }
  }
  return distances
}
