import { addTo, type Means, meansOf } from './epoch-tally.ts'
import { type Outcome, readOutcome } from './outcomes.ts'

/** Means over the batches' examples. @param measure what is found in one batch */
export async function evaluate<Batch extends { size: number }>(
  measure: (batch: Batch) => Outcome,
  batches: AsyncIterable<Batch>,
): Promise<Means> {
  let [loss, examples] = [0, 0]
  const sums: Record<string, number> = {}
  for await (const batch of batches) {
    const { lossSum, ...metrics } = readOutcome(measure(batch))[0]!
    loss += lossSum
    addTo(sums, metrics)
    examples += batch.size
  }
  return meansOf(loss, sums, examples)
}
