import { type Augmentation, namedAugmentation } from '#domain/augmentation.ts'
import { type Channels, decodeMiddle, decodeWindow } from '#formats/image.ts'
import type { ImageSize } from '#formats/pixels.ts'
import { type Random, randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { augmenter } from './augment.ts'
import { type Batch, labelsOf } from './batches.ts'
import type { ImageExamples, Split } from './examples.ts'
import { drawWindow } from './random-resized-crop.ts'

/** How to turn images into examples. */
export interface ImageReading {
  /** [height, width, channels] of the dataset's examples. */
  inputShape: readonly number[]
  batchSize: number
  /** For training; absent in evaluation. */
  epochAugmentation?: { augmentation: readonly Augmentation[]; seed: number; epoch: number }
}

/**
 * The split's images in order, batchSize at a time: the center of each at the model's size, or augmented. The next batch is decoded while
 * the consumer uses the current one.
 */
export async function* imageBatches(
  split: Split<ImageExamples>,
  reading: ImageReading,
  skip = 0,
): AsyncGenerator<Batch, void, undefined> {
  const { batchSize } = reading
  const decode = decoder(split.examples, reading)
  const read = async (start: number): Promise<Batch> => {
    const rows = split.indices.subarray(start, start + batchSize)
    const stride = elementCount(reading.inputShape)
    const x = new Uint8Array(rows.length * stride)
    await Promise.all(Array.from(rows, async (index, row) => x.set(await decode(index), row * stride)))
    return { x, labels: labelsOf(split, rows), size: rows.length }
  }
  let next: Promise<Batch> | undefined
  for (let start = skip * batchSize; start < split.indices.length; start += batchSize) {
    const batch = await (next ?? read(start))
    const after = start + batchSize
    next = after < split.indices.length ? read(after) : undefined
    // Avoids an unhandled rejection if the consumer stops early.
    next?.catch(() => {})
    yield batch
  }
}

function decoder({ read }: ImageExamples, { inputShape, epochAugmentation }: ImageReading) {
  const channels = inputShape[2] as Channels
  if (!epochAugmentation) {
    return async (index: number) => {
      const { data } = await decodeMiddle(await read(index), inputShape, channels, `image ${index}`)
      return data
    }
  }
  const { augmentation, seed, epoch } = epochAugmentation
  // A crop of random size is cut from the original image; other augmentations work on the resized pixels.
  const [first, ...rest] = augmentation
  const crops = first !== undefined && namedAugmentation(first).name === 'randomResizedCrop'
  const augment = augmenter({ augmentation: crops ? rest : augmentation, inputShape, seed, epoch })
  return async (index: number) => {
    const bytes = await read(index)
    const name = `image ${index}`
    const { data } = crops
      ? await cropRandomly(bytes, inputShape, randomStream(seed, 'crop', epoch, index), name)
      : await decodeMiddle(bytes, inputShape, channels, name)
    const augmented = new Uint8Array(data.length)
    augment(data, augmented, index)
    return augmented
  }
}

async function cropRandomly(bytes: Uint8Array, inputShape: readonly number[], random: Random, name: string) {
  const choose = ({ height, width }: ImageSize) => drawWindow(height, width, random)
  return await decodeWindow(bytes, choose, inputShape, inputShape[2] as Channels, name)
}
