import { type Outcome, readOutcome } from './step.ts'

/** Means over examples. */
export interface Means {
  loss: number
  /** By name: `correct`, `top5`, `absoluteError`. */
  metrics: Readonly<Record<string, number>>
}

/** Means over the examples of all batches. @param measure evaluates one batch */
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

/** @param sums by name of the metric */
export function meansOf(loss: number, sums: Readonly<Record<string, number>>, examples: number): Means {
  const means = Object.entries(sums).map(([name, sum]) => [name, sum / examples])
  return { loss: loss / examples, metrics: Object.fromEntries(means) }
}

/** Adds each number to the one of its name. */
export function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value
}
