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

/** Batches of `images` examples that are computed at once, and how many examples of each are wanted. */
interface Round {
  images: number
  batches: number[]
}

/**
 * Cuts `count` examples into rounds of up to `parts` batches. Batches are powers of two, so that few plans serve all counts. The last round is
 * rounded up if less than a fourth of it is wasted. Fewer examples than parts are one batch.
 */
export function roundsOf(count: number, most: number, parts: number): Round[] {
  const rounds: Round[] = []
  for (let rest = count; rest > 0; ) {
    const atOnce = rest < parts ? 1 : parts
    const below = 2 ** Math.floor(Math.log2(rest / atOnce))
    const isRoundedUp = 2 * below <= most && rest >= 0.75 * (2 * below * atOnce)
    const images = isRoundedUp ? 2 * below : Math.min(most, below)
    const batches: number[] = []
    while (rest > 0 && batches.length < atOnce) {
      batches.push(Math.min(images, rest))
      rest -= batches.at(-1)!
    }
    rounds.push({ images, batches })
  }
  return rounds
}
