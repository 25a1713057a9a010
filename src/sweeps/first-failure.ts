/**
 * A search for the first failure on a line of points 0 to n - 1 that does not assume that all points after a failure fail. Widely
 * spaced points are tested in ascending order; the gap before the first that fails is then narrowed down. Tests are noisy: one result
 * by itself is not believed. A pass counts as the answer only when the point before it passes too, and a failure counts only when a
 * neighbour fails too.
 */
export interface SearchPlan {
  points: number
  /** Distance of the widely spaced points: a run of failures this long cannot be missed. */
  stride: number
  /** The most tests. */
  budget: number
  /** Whether the budget allows to test the neighbours of a point that fails. */
  confirmsFailures: boolean
}

/** By index: whether the point passes, undefined while it is tested. */
export type Tests = ReadonlyMap<number, boolean | undefined>

export interface Standing {
  /** The first failure that is believed; the number of points while there is none. Nothing after it needs a test. */
  firstFailure: number
  /** The point to test next; none while results are awaited or when the search is over. */
  want?: number
  isOver: boolean
  /** The last point that passes before the first failure, once the search is over; none where no point does. */
  answer?: number
}

type Next = Omit<Standing, 'firstFailure'>

/**
 * The narrowest spacing whose worst case stays within a third of the points: `ceil(points / stride)` spaced tests, the gap in full
 * and the neighbour of a failure. Fewer than about 45 points leave room for a bisection of the gap only, without a look at the
 * neighbours of failures; fewer than about 20 take a bisection alone, which may be more than a third of them.
 */
export function planSearch(points: number): SearchPlan {
  const third = Math.floor(points / 3)
  const strides = Array.from({ length: points }, (_, index) => index + 1)
  const scan = strides.find(stride => Math.ceil(points / stride) + stride + 1 <= third)
  if (scan !== undefined) return { points, stride: scan, budget: third, confirmsFailures: true }
  const bisect = strides.find(stride => Math.ceil(points / stride) + halvings(stride) + 1 <= third)
  if (bisect !== undefined) return { points, stride: bisect, budget: third, confirmsFailures: false }
  return { points, stride: points, budget: halvings(points) + 2, confirmsFailures: false }
}

function halvings(points: number): number {
  return Math.ceil(Math.log2(points))
}

export function standing(plan: SearchPlan, tests: Tests): Standing {
  const failures = [...tests]
    .flatMap(([index, passes]) => (passes === false ? [index] : []))
    .sort((a, b) => a - b)
  const firstFailure = failures.find(index => isBelieved(plan, tests, index)) ?? plan.points
  const left = plan.budget - tests.size
  const doubtful = failures.find(
    index => index < firstFailure && neighbourInDoubt(tests, index) !== undefined,
  )
  const limit = doubtful ?? firstFailure
  const spaced = spacedPoints(plan).filter(index => index < limit)
  const untested = spaced.find(index => !tests.has(index))
  if (untested !== undefined) return { firstFailure, want: untested, isOver: false }
  if (spaced.some(index => tests.get(index) === undefined)) return { firstFailure, isOver: false }
  if (doubtful !== undefined) {
    const neighbour = neighbourInDoubt(tests, doubtful)!
    if (tests.has(neighbour)) return { firstFailure, isOver: false }
    if (left > 0) return { firstFailure, want: neighbour, isOver: false }
  }
  return { firstFailure: limit, ...narrow(limit, left, tests) }
}

/** The last point of each stride, so that the gap before the first one begins at c = 0, which passes. */
function spacedPoints({ points, stride }: SearchPlan): number[] {
  return Array.from(
    { length: Math.ceil(points / stride) },
    (_, index) => Math.min((index + 1) * stride, points) - 1,
  )
}

function isBelieved({ points, confirmsFailures }: SearchPlan, tests: Tests, failure: number): boolean {
  if (!confirmsFailures || failure === points - 1) return true
  return tests.get(failure + 1) === false || tests.get(failure - 1) === false
}

/** The neighbour whose result decides about a failure; none when both pass, so that the failure was bad luck. */
function neighbourInDoubt(tests: Tests, failure: number): number | undefined {
  if (tests.get(failure + 1) === undefined) return failure + 1
  // Before the first point is c = 0.
  return failure > 0 && tests.get(failure - 1) === undefined ? failure - 1 : undefined
}

/** Every spaced point before the first failure has passed. @param left how many tests may still be made */
function narrow(firstFailure: number, left: number, tests: Tests): Next {
  const lastPass = lastPassBefore(firstFailure, tests)
  const gap = Array.from({ length: firstFailure - lastPass - 1 }, (_, index) => lastPass + 1 + index)
  const untested = gap.filter(index => !tests.has(index))
  const isWaiting = gap.some(index => tests.has(index) && tests.get(index) === undefined)
  if (left > untested.length && untested.length > 0) return { want: untested[0]!, isOver: false }
  if (isWaiting) return { isOver: false }
  if (left > 0 && untested.length > 0) return { want: untested[untested.length >> 1]!, isOver: false }
  return confirm(lastPass, left, tests)
}

/** A pass is believed when the point before it passes too; where that fails or cannot be tested, the pass before it is taken. */
function confirm(lastPass: number, left: number, tests: Tests): Next {
  if (lastPass < 0) return { isOver: true }
  const before = tests.get(lastPass - 1)
  if (lastPass === 0 || before) return { isOver: true, answer: lastPass }
  const isTested = tests.has(lastPass - 1)
  if (isTested && before === undefined) return { isOver: false }
  if (!isTested && left > 0) return { want: lastPass - 1, isOver: false }
  const earlier = lastPassBefore(lastPass, tests)
  if (left > 0) return confirm(earlier, left, tests)
  return earlier < 0 ? { isOver: true } : { isOver: true, answer: earlier }
}

/** -1 where none does. */
function lastPassBefore(index: number, tests: Tests): number {
  return [...tests].reduce((last, [at, passes]) => (passes && at < index ? Math.max(last, at) : last), -1)
}
