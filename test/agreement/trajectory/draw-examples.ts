import { type Random, randomStream } from '#network/random.ts'
import type { Examples } from '#workers/data/examples.ts'

/** Patches along each axis of an image. */
const PATCHES = 4
const NOISE = 32

/** Draws distinct images [height, width, channels] with random classes. */
export function drawExamples(
  count: number,
  inputShape: readonly number[],
  classes: number,
  seed: number,
): Examples {
  const random = randomStream(seed, 'examples')
  return {
    x: drawImages(count, inputShape, random),
    labels: Int32Array.from({ length: count }, () => random.below(classes)),
    count,
  }
}

/**
 * Patches of random colours with noise. To a deep network all images of pure noise look the same, and batch normalisation over
 * examples that hardly differ magnifies rounding.
 */
function drawImages(count: number, [height, width, channels]: readonly number[], random: Random): Uint8Array {
  const images = new Uint8Array(count * height! * width! * channels!)
  const patches = new Uint8Array(PATCHES * PATCHES * channels!)
  let next = 0
  for (let image = 0; image < count; image++) {
    for (let i = 0; i < patches.length; i++) patches[i] = random.below(256 - NOISE)
    for (let y = 0; y < height!; y++) {
      const row = Math.floor((y * PATCHES) / height!) * PATCHES
      for (let x = 0; x < width!; x++) {
        const patch = (row + Math.floor((x * PATCHES) / width!)) * channels!
        for (let channel = 0; channel < channels!; channel++)
          images[next++] = patches[patch + channel]! + random.below(NOISE)
      }
    }
  }
  return images
}
