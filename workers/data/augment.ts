import { type Augmentation, type NamedAugmentation, namedAugmentation } from '#domain/augmentation.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import type { ImageTransform } from './image-transform.ts'
import { randomResizedCrop } from './random-resized-crop.ts'

/** Writes an augmented image to its position in a batch. @param index of the image in its dataset */
export type Place = (source: Uint8Array, target: Uint8Array, index: number) => void

/** The parameters of an epoch's augmentation. */
export interface EpochAugmentation {
  augmentation: readonly Augmentation[]
  inputShape: readonly number[]
  seed: number
  /** Counted from 1. */
  epoch: number
}

/**
 * Returns the function that augments images as the spec requires. The result depends only on the seed, the epoch and the image's index, not
 * on the order of the batches or on interruptions of the training.
 */
export function augmenter({
  augmentation: augmentations,
  inputShape,
  seed,
  epoch,
}: EpochAugmentation): Place {
  if (augmentations.length === 0) return (source, target) => target.set(source)
  const transforms = augmentations.map(augmentation =>
    transformOf(namedAugmentation(augmentation), inputShape),
  )
  const spaces = [0, 1].map(() => new Uint8Array(elementCount(inputShape)))
  return (source, target, index) => {
    const random = randomStream(seed, 'augment', epoch, index)
    let from = source
    for (const [step, augment] of transforms.entries()) {
      const to = step === transforms.length - 1 ? target : spaces[step % 2]!
      augment(from, to, random)
      from = to
    }
  }
}

function transformOf(augmentation: NamedAugmentation, inputShape: readonly number[]): ImageTransform {
  switch (augmentation.name) {
    case 'horizontalFlip':
      return horizontalFlip(inputShape)
    case 'randomResizedCrop':
      return randomResizedCrop(inputShape)
    case 'randomCrop':
      return randomCrop(inputShape, augmentation.padding)
  }
}

function horizontalFlip([height, width, channels]: readonly number[]): ImageTransform {
  const row = width! * channels!
  return (source, target, random) => {
    if (random.next() < 0.5) {
      target.set(source)
      return
    }
    for (let y = 0; y < height!; y++) {
      let from = (y + 1) * row - channels!
      for (let to = y * row; to < (y + 1) * row; to += channels!) {
        for (let channel = 0; channel < channels!; channel++) target[to + channel] = source[from + channel]!
        from -= channels!
      }
    }
  }
}

/** A window of the image's size at a random position in the image, which is padded with `padding` black pixels on each side. */
function randomCrop([height, width, channels]: readonly number[], padding: number): ImageTransform {
  const row = width! * channels!
  return (source, target, random) => {
    const down = random.below(2 * padding + 1) - padding
    const right = random.below(2 * padding + 1) - padding
    const [left, end] = [Math.max(0, right) * channels!, Math.min(width!, width! + right) * channels!]
    const shift = down * row + right * channels!
    target.fill(0)
    for (let y = Math.max(0, -down); y < Math.min(height!, height! - down); y++) {
      // Rows are short: copying byte by byte is faster than one call for each row.
      const to = y * row - right * channels!
      for (let x = to + left; x < to + end; x++) target[x] = source[x + shift]!
    }
  }
}
