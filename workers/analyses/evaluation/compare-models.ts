import type { Comparison, Flip } from '#analyses/evaluation-result.ts'
import { countClasses } from './class-metrics.ts'
import { compareClasses, flipsBetween } from './compare-classes.ts'
import type { Predictions } from './measure-model.ts'
import { meanDifferences, targetMetrics } from './target-metrics.ts'

/** Compares the predictions of two models of the same form for the same examples. @param indices of the examples in their split */
export function compareModels(
  one: Predictions,
  other: Predictions,
  indices: Uint32Array,
): { comparison: Comparison; flips?: readonly Flip[] } {
  if (one.form === 'class' && other.form === 'class') {
    const flips = flipsBetween(one.values, other.values, indices)
    const counts = [one, other].map(({ values, classes }) => countClasses(values, classes))
    return { comparison: compareClasses(counts[0]!, counts[1]!, flips, indices.length), flips }
  }
  if (one.form === 'labels' && other.form === 'labels')
    return { comparison: { agreement: agreementOf(one.values.predicted, other.values.predicted) } }
  if (one.form === 'numbers' && other.form === 'numbers') {
    const [own, before] = [targetMetrics(one.values), targetMetrics(other.values)]
    const perTarget = meanDifferences(one.values, other.values).map((meanDifference, target) => ({
      meanDifference,
      meanAbsoluteErrorChange: own[target]!.meanAbsoluteError - before[target]!.meanAbsoluteError,
    }))
    return { comparison: { perTarget } }
  }
  throw new Error(`Predictions of the forms ${one.form} and ${other.form} cannot be compared.`)
}

/** Of all labels of all examples. */
function agreementOf(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let same = 0
  for (let i = 0; i < one.length; i++) same += Number(one[i] === other[i])
  return one.length === 0 ? 1 : same / one.length
}
