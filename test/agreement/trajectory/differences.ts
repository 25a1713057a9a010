import type { InitialValues, Trajectory } from './trajectory.ts'

/** How far two trajectories of one spec are apart. */
export interface Differences {
  /** The largest difference of a step's losses, relative to the loss. */
  losses: number
  /** The largest difference of a parameter or statistic, relative to the largest value of its variable. */
  variables: number
  /** The Euclidean distance of all parameters together, relative to the distance that the training moved them. */
  distance: number
}

export function differencesOf(
  actual: Trajectory,
  expected: Trajectory,
  { params }: InitialValues,
): Differences {
  const pairs = [...expected.variables].map(
    ([name, values]) => [actual.variables.get(name)!, values] as const,
  )
  const distances = params!.map(({ name, data }) => {
    const values = expected.variables.get(name)!
    return [squaredDistance(actual.variables.get(name)!, values), squaredDistance(data, values)] as const
  })
  return {
    losses: largest(
      actual.losses.map((loss, step) => ratio(loss - expected.losses[step]!, expected.losses[step]!)),
    ),
    variables: largest(pairs.map(([ours, theirs]) => largestDifference(ours, theirs))),
    distance: Math.sqrt(
      ratio(sum(distances.map(([apart]) => apart)), sum(distances.map(([, moved]) => moved))),
    ),
  }
}

function largestDifference(ours: Float32Array, theirs: Float32Array): number {
  let [apart, size] = [0, 0]
  for (let i = 0; i < theirs.length; i++) {
    apart = Math.max(apart, Math.abs(ours[i]! - theirs[i]!))
    size = Math.max(size, Math.abs(ours[i]!), Math.abs(theirs[i]!))
  }
  return ratio(apart, size)
}

function squaredDistance(ours: Float32Array, theirs: Float32Array): number {
  let total = 0
  for (let i = 0; i < theirs.length; i++) total += (ours[i]! - theirs[i]!) ** 2
  return total
}

/** 0 for 0 / 0: a threshold may have made a whole variable zero. */
function ratio(apart: number, size: number): number {
  return apart === 0 ? 0 : Math.abs(apart / size)
}

/** NaN if any value is NaN: a diverged training agrees with nothing. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
