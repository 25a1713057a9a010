import { normalShareBelow, shareWithin } from '#network/initializers.ts'
import type { OutputChannels } from '#network/output-channels.ts'
import type { Variable } from '#network/variables.ts'

const STEPS = 500

/**
 * The expected share of the channels of a group whose root mean square is at most l1 before the first step. A channel's mean of squares is a
 * sum of independent values, so it is nearly normal.
 */
export function channelsWithin(
  { size, members }: OutputChannels,
  variables: readonly Variable[],
): (l1: number) => number {
  let [mean, variance] = [0, 0]
  for (const { name, view } of members) {
    const squares = momentsOfSquare(variables.find(variable => variable.name === name)!)
    const count = view[0] * view[2]
    mean += (count * squares.mean) / size
    variance += (count * squares.variance) / size ** 2
  }
  const deviation = Math.sqrt(variance)
  return l1 => {
    if (deviation === 0) return l1 ** 2 >= mean ? 1 : 0
    return normalShareBelow((l1 ** 2 - mean) / deviation)
  }
}

/** Mean and variance of w^2: E[w^k] is the integral of k x^(k-1) P(|w| > x). */
function momentsOfSquare(variable: Variable): { mean: number; variance: number } {
  let limit = 1e-9
  while (shareWithin(variable, limit) < 1 - 1e-6) limit *= 2
  const width = limit / STEPS
  let [mean, fourth] = [0, 0]
  for (let step = 0; step < STEPS; step++) {
    const x = (step + 0.5) * width
    const outside = 1 - shareWithin(variable, x)
    mean += 2 * x * outside * width
    fourth += 4 * x ** 3 * outside * width
  }
  return { mean, variance: Math.max(0, fourth - mean ** 2) }
}
