/**
 * A search for the first failure on a line of points 0 to n - 1 that does not assume that all points after a failure fail. Widely
 * spaced points are tested in ascending order; the gap before the first that fails is then narrowed down. A point counts only when
 * the point before it passes too, so that one lucky test does not move the answer.
 */
export interface SearchPlan {
  points: number
  /** Distance of the widely spaced points: a run of failures this long cannot be missed. */
  stride: number
  /** The most tests. */
  budget: number
}

/** By index: whether the point passes, undefined while its test is going on. */
export type Tests = ReadonlyMap<number, boolean | undefined>

export interface Standing {
  /** The first point that fails so far; the number of points while none does. Nothing from here on needs a test. */
  firstFailure: number
  /** The point to test next; none while results are awaited or when the search is over. */
  want?: number
  isOver: boolean
  /** The last point before the first failure, once the search is over; none where no point passes. */
  answer?: number
}

/**
 * The narrowest spacing whose worst case stays within a third of the points: `ceil(points / stride)` spaced tests and the gap in
 * full, or else a bisection of it. Fewer than about 20 points take a bisection alone, which may be more than a third of them.
 */
export function planSearch(points: number): SearchPlan {
  const third = Math.floor(points / 3)
  const strides = Array.from({ length: points }, (_, index) => index + 1)
  const scan = strides.find(stride => Math.ceil(points / stride) + stride <= third)
  if (scan !== undefined) return { points, stride: scan, budget: third }
  const bisect = strides.find(stride => Math.ceil(points / stride) + halvings(stride) + 1 <= third)
  if (bisect !== undefined) return { points, stride: bisect, budget: third }
  return { points, stride: points, budget: halvings(points) + 2 }
}

function halvings(points: number): number {
  return Math.ceil(Math.log2(points))
}

export function standing(plan: SearchPlan, tests: Tests): Standing {
  const firstFailure = [...tests].reduce(
    (first, [index, passes]) => (passes === false ? Math.min(first, index) : first),
    plan.points,
  )
  const spaced = spacedPoints(plan).filter(index => index < firstFailure)
  const untested = spaced.find(index => !tests.has(index))
  if (untested !== undefined) return { firstFailure, want: untested, isOver: false }
  if (spaced.some(index => tests.get(index) === undefined)) return { firstFailure, isOver: false }
  return { firstFailure, ...narrow(firstFailure, plan.budget - tests.size, tests) }
}

/** The last point of each stride, so that the gap before the first one begins at c = 0, which passes. */
function spacedPoints({ points, stride }: SearchPlan): number[] {
  return Array.from(
    { length: Math.ceil(points / stride) },
    (_, index) => Math.min((index + 1) * stride, points) - 1,
  )
}

/** Every spaced point before the first failure passes. @param left how many tests may still be made */
function narrow(firstFailure: number, left: number, tests: Tests): Omit<Standing, 'firstFailure'> {
  const lastPass = lastPassBefore(firstFailure, tests)
  const gap = Array.from({ length: firstFailure - lastPass - 1 }, (_, index) => lastPass + 1 + index)
  const untested = gap.filter(index => !tests.has(index))
  const isWaiting = untested.length < gap.length
  if (left > untested.length && untested.length > 0) return { want: untested[0]!, isOver: false }
  if (isWaiting) return { isOver: false }
  if (left > 0 && untested.length > 0) return { want: untested[untested.length >> 1]!, isOver: false }
  return confirm(lastPass, left, tests)
}

/** A pass is believed when the point before it passes too. */
function confirm(lastPass: number, left: number, tests: Tests): Omit<Standing, 'firstFailure'> {
  const before = lastPass - 1
  if (lastPass < 0) return { isOver: true }
  if (lastPass === 0 || tests.get(before)) return { isOver: true, answer: lastPass }
  if (tests.has(before)) return { isOver: false }
  if (left > 0) return { want: before, isOver: false }
  const earlier = lastPassBefore(lastPass, tests)
  return earlier < 0 ? { isOver: true } : { isOver: true, answer: earlier }
}

/** -1 where none does. */
function lastPassBefore(index: number, tests: Tests): number {
  return [...tests].reduce((last, [at, passes]) => (passes && at < index ? Math.max(last, at) : last), -1)
}
