import type { Comparison, Flip } from '#analyses/evaluation-result.ts'
import { type ClassCounts, type ClassPredictions, ratio } from './class-metrics.ts'

/** The limit of examples in the result; the CSV file has all. */
const MOST_EXAMPLES = 1000
/** A float32 has no more significant digits. */
const DIGITS = 7

/** The examples that two models assign to different classes, in order. @param indices of the examples in their split */
export function flipsBetween(one: ClassPredictions, other: ClassPredictions, indices: Uint32Array): Flip[] {
  const flips: Flip[] = []
  for (let i = 0; i < indices.length; i++) {
    const [label, first, second] = [one.labels[i]!, one.predicted[i]!, other.predicted[i]!]
    if (first === second) continue
    flips.push({
      index: indices[i]!,
      label,
      predicted: [first, second],
      probability: [shortened(one.probability[i]!), shortened(other.probability[i]!)],
      change: second === label ? 'lost' : first === label ? 'gained' : 'neither',
    })
  }
  return flips
}

function shortened(probability: number): number {
  return Number(probability.toPrecision(DIGITS))
}

/** The first model against the second, from the counts of their classes and their flips. */
export function compareClasses(
  one: readonly ClassCounts[],
  other: readonly ClassCounts[],
  flips: readonly Flip[],
  examples: number,
): Comparison {
  const perClass = one.map(({ correct, support }, label) => {
    const examplesChange = correct - other[label]!.correct
    return { class: label, recallChange: ratio(examplesChange, support), examplesChange }
  })
  const losses = perClass.filter(({ recallChange }) => recallChange !== null && recallChange < 0)
  losses.sort((a, b) => a.recallChange! - b.recallChange! || a.class - b.class)
  const count = (change: Flip['change']) => flips.filter(flip => flip.change === change).length
  return {
    agreement: examples === 0 ? 1 : (examples - flips.length) / examples,
    perClass,
    costliest: losses.map(loss => loss.class),
    flipped: {
      count: flips.length,
      lost: count('lost'),
      gained: count('gained'),
      neither: count('neither'),
      examples: flips.slice(0, MOST_EXAMPLES),
    },
  }
}
