import type { Batch } from './data/batches.ts'
import { type Outcome, readOutcome } from './train-step.ts'

/** Mean loss and share of right answers over the batches. @param measure what is found in one of them */
export async function evaluate(
  measure: (batch: Batch) => Outcome,
  batches: AsyncIterable<Batch>,
): Promise<{ loss: number; accuracy: number }> {
  const total = { lossSum: 0, correct: 0, examples: 0 }
  for await (const batch of batches) {
    const { lossSum, correct } = readOutcome(measure(batch))
    total.lossSum += lossSum
    total.correct += correct
    total.examples += batch.size
  }
  return { loss: total.lossSum / total.examples, accuracy: total.correct / total.examples }
}
