import { permutation, randomStream } from '#network/random.ts'
import type { Split } from '#workers/data/examples.ts'

/** Some examples of a split in the order of the split; the same for every analysis with this seed. @param count all by default */
export function sampleExamples({ examples, indices }: Split, count = indices.length, seed: number): Split {
  if (count >= indices.length) return { examples, indices }
  const places = permutation(indices.length, randomStream(seed, 'surface')).subarray(0, count).sort()
  return { examples, indices: places.map(place => indices[place]!) }
}
