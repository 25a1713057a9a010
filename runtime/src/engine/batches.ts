/**
 * The floats that all values of a batch may have. Two values that follow one another must stay in the cache: of larger batches each example
 * takes longer (docs/decisions/2026-11-30-runtime-kernels.md).
 */
const MOST_FLOATS = 2 ** 22
const MOST_EXAMPLES = 64

/**
 * The largest batch that is computed at once: a power of two.
 * @param floatsOf the floats of all values of a batch
 */
export function largestBatch(floatsOf: (images: number) => number): number {
  let batch = MOST_EXAMPLES
  while (batch > 1 && floatsOf(batch) > MOST_FLOATS) batch /= 2
  return batch
}

/** A batch that a plan computes, and how many of its examples are wanted. */
interface Batch {
  images: number
  examples: number
}

/**
 * Cuts `count` examples into batches whose sizes are powers of two, so that few plans serve all counts. The last batch is rounded up if
 * less than a fourth of it is wasted.
 */
export function batchSizes(count: number, most: number): Batch[] {
  const batches: Batch[] = []
  let rest = count
  while (rest > 0) {
    const above = 2 ** Math.ceil(Math.log2(rest))
    const images =
      above <= most && rest / above >= 0.75 ? above : Math.min(most, 2 ** Math.floor(Math.log2(rest)))
    const examples = Math.min(images, rest)
    batches.push({ images, examples })
    rest -= examples
  }
  return batches
}
