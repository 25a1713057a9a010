import * as tf from '@tensorflow/tfjs-core'
import type { Batch } from './data/batches.ts'
import { crossEntropy } from './losses.ts'
import { correctCount } from './metrics.ts'
import type { Model } from './models/from-topology.ts'
import { type Feed, readOutcome } from './train-step.ts'

/** Mean loss and share of right answers over the batches, as the model is. */
export async function evaluate(
  model: Model,
  params: tf.NamedTensorMap,
  batches: AsyncIterable<Batch>,
  feed: Feed,
): Promise<{ loss: number; accuracy: number }> {
  const total = { lossSum: 0, correct: 0, examples: 0 }
  for await (const batch of batches) {
    const { lossSum, correct } = readOutcome(
      tf.tidy(() => {
        const { x, y } = feed(batch)
        const { logits } = model(params, x)
        return { lossSum: crossEntropy(logits, y).sum, correct: correctCount(logits, y) }
      }),
    )
    total.lossSum += lossSum
    total.correct += correct
    total.examples += batch.size
  }
  return { loss: total.lossSum / total.examples, accuracy: total.correct / total.examples }
}
