import type { Start, Taken } from './trajectory.ts'

/** How far two takings of one course are apart. */
export interface Differences {
  /** The largest of a step's losses, relative to the loss. */
  losses: number
  /** The largest of any parameter or statistic, relative to the largest value of its variable. */
  variables: number
  /** Of all parameters together (the Euclidean norm), relative to the way that the training has taken them. */
  way: number
}

export function differencesOf(taken: Taken, expected: Taken, { params }: Start): Differences {
  const each = [...expected.variables].map(([name, values]) => [taken.variables.get(name)!, values] as const)
  const ways = params!.map(({ name, data }) => {
    const values = expected.variables.get(name)!
    return [squaredDistance(taken.variables.get(name)!, values), squaredDistance(data, values)] as const
  })
  return {
    losses: largest(
      taken.losses.map((loss, step) => ratio(loss - expected.losses[step]!, expected.losses[step]!)),
    ),
    variables: largest(each.map(([ours, theirs]) => largestDifference(ours, theirs))),
    way: Math.sqrt(ratio(sum(ways.map(([apart]) => apart)), sum(ways.map(([, gone]) => gone)))),
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

/** A threshold may have made all of a variable zero. */
function ratio(apart: number, size: number): number {
  return apart === 0 ? 0 : Math.abs(apart / size)
}

/** NaN where there is one: a training that blew up agrees with nothing. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
