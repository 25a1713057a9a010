import type { TrainingSpec } from '#domain/training-spec.ts'
import { nonzeroAt } from '#formats/cut-model.ts'
import type { Variable } from '#network/variables.ts'
import type { Cut } from '#optimization/cut.ts'
import { sparsityWithin } from './file-size.ts'

/** The share of the values of a variable whose magnitude is at most l1. */
type ShareAt = (l1: number) => number

/** The weights of one variable of a model, or the values of its accumulator. */
export interface Magnitudes {
  variable: Variable
  /** Whether no cut changes it. */
  isFixed: boolean
  /** The share of the stored values within a magnitude. */
  stored: ShareAt
  /** A weight is its stored value less this. */
  offset: number
}

/** The shares of the weights without a cut, by variable. */
export function sharesOf(magnitudes: readonly Magnitudes[]): ShareAt[] {
  return magnitudes.map(
    ({ stored, offset }) =>
      l1 =>
        stored(offset + l1),
  )
}

/** The weights of each variable after a cut, in model order. */
interface CutShares {
  /** The largest magnitude of which the cut sets every value to zero; of a cut by layer 0. */
  limit: number
  /** The share of zeros by variable. */
  zeros: number[]
}

/** The same after the cut that `cutModel` makes. @param source the spec of the model */
export function sharesAfterCut(
  magnitudes: readonly Magnitudes[],
  source: TrainingSpec,
  { rule, scope, sparsity, sizeBytes }: Cut,
): ShareAt[] {
  const movesThreshold = rule === 'threshold'
  // The threshold that the model was trained with no longer applies then.
  const before = movesThreshold ? magnitudes.map(values => ({ ...values, offset: 0 })) : magnitudes
  const cutTo = (goal: number) =>
    scope === 'layer' && !movesThreshold ? cutByLayer(before, goal) : cutGlobally(before, goal)
  const countsAt = (goal: number) => {
    const { zeros } = cutTo(goal)
    return before.map(({ variable }, index) => variable.size * (1 - zeros[index]!))
  }
  const { limit, zeros } = cutTo(sparsity ?? sparsityWithin(source, sizeBytes!, countsAt))
  const own = sharesOf(before)
  return before.map(({ isFixed }, index) => {
    const taken = movesThreshold && !isFixed ? limit : 0
    return l1 => Math.max(zeros[index]!, own[index]!(taken + l1))
  })
}

function cutGlobally(magnitudes: readonly Magnitudes[], sparsity: number): CutShares {
  const own = sharesOf(magnitudes)
  const sharesAt = (l1: number) => magnitudes.map(({ isFixed }, index) => own[index]!(isFixed ? 0 : l1))
  const totalOf = (shares: readonly number[]) => zerosIn(magnitudes, shares)
  const wanted = wantedZeros(magnitudes, sparsity)
  if (totalOf(sharesAt(0)) >= wanted) return { limit: 0, zeros: sharesAt(0) }
  let [low, high] = [1e-9, 1e9]
  for (let round = 0; round < 60; round++) {
    const middle = Math.sqrt(low * high)
    if (totalOf(sharesAt(middle)) < wanted) low = middle
    else high = middle
  }
  // Of the values that are equal to the limit, or not told apart from it, the cut takes as many as are wanted.
  const [below, above] = [sharesAt(low), sharesAt(high)]
  const between = totalOf(above) - totalOf(below)
  const part = between > 0 ? Math.min(1, (wanted - totalOf(below)) / between) : 1
  return { limit: low, zeros: below.map((share, index) => share + part * (above[index]! - share)) }
}

/** Every kernel keeps the same share of its weights, or all of its non-zero weights if it has fewer. */
function cutByLayer(magnitudes: readonly Magnitudes[], sparsity: number): CutShares {
  const own = sharesOf(magnitudes).map(shareAt => shareAt(0))
  const zerosAt = (share: number) =>
    magnitudes.map(({ variable, isFixed }, index) =>
      isFixed || variable.kind !== 'kernel' ? own[index]! : Math.max(own[index]!, share),
    )
  const wanted = wantedZeros(magnitudes, sparsity)
  let [low, high] = [0, 1]
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2
    if (zerosIn(magnitudes, zerosAt(middle)) < wanted) low = middle
    else high = middle
  }
  return { limit: 0, zeros: zerosAt(high) }
}

function wantedZeros(magnitudes: readonly Magnitudes[], sparsity: number): number {
  const parameters = magnitudes.reduce((sum, { variable }) => sum + variable.size, 0)
  return parameters - nonzeroAt(sparsity, parameters)
}

function zerosIn(magnitudes: readonly Magnitudes[], shares: readonly number[]): number {
  return magnitudes.reduce((sum, { variable }, index) => sum + variable.size * shares[index]!, 0)
}
