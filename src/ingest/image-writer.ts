import { FormatError } from '#formats/format-error.ts'
import { type Channels, type DecodedImage, decodeImage } from '#formats/image.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'

/** An image file and its label. */
export interface ImageExample {
  split: SplitName
  bytes: Uint8Array
  label: number
  /** The name of the image in errors. */
  source: string
}

/** How many images are decoded in parallel. */
const GROUP = 32
const GROUP_BYTES = 2 * 1024 * 1024
/** How many damaged images are named before reading ends, so that a set can be repaired in a few rounds. */
const MOST_BROKEN = 10

/**
 * Writes images as files, and as pixels too as long as all have the same size; which of the two the dataset keeps is decided at the
 * end. Every image is decoded, so that none fails during a training.
 */
export class ImageWriter {
  readonly #writer: DatasetWriter
  readonly channels: Channels
  #group: ImageExample[] = []
  #groupBytes = 0
  #size: { height: number; width: number; source: string } | undefined
  #ends: Record<SplitName, bigint> = { train: 0n, test: 0n }
  #broken: string[] = []
  #with16Bits = 0
  #withOrientation = 0
  /** The first two images that differ in size, for errors. */
  difference: string | undefined

  constructor(writer: DatasetWriter, channels: Channels) {
    this.#writer = writer
    this.channels = channels
  }

  /** @throws FormatError for files that are not images, here or in a later call */
  async append(image: ImageExample): Promise<void> {
    this.#group.push(image)
    this.#groupBytes += image.bytes.length
    if (this.#group.length === GROUP || this.#groupBytes >= GROUP_BYTES) await this.#writeGroup()
  }

  /** Must be called after the last image. @throws FormatError that names the first few files that are not images */
  async flush(): Promise<void> {
    await this.#writeGroup()
    if (this.#broken.length > 0) throw new FormatError(this.#broken.join('; '))
    const { notes } = this.#writer
    if (this.#with16Bits > 0)
      notes.add(`${this.#with16Bits} of the images have 16 bits per sample, of which the upper 8 are kept.`)
    if (this.#withOrientation > 0)
      notes.add(`${this.#withOrientation} of the images have an EXIF orientation, which is not applied.`)
  }

  async #writeGroup(): Promise<void> {
    const group = this.#group
    this.#group = []
    this.#groupBytes = 0
    const decoded = await Promise.allSettled(
      group.map(({ bytes, source }) => decodeImage(bytes, this.channels, source)),
    )
    for (const [index, result] of decoded.entries()) {
      if (result.status === 'rejected') this.#broken.push((result.reason as Error).message)
      else if (this.#broken.length === 0) await this.#write(group[index]!, result.value)
    }
    if (this.#broken.length < MOST_BROKEN) return
    const some = this.#broken.slice(0, MOST_BROKEN)
    throw new FormatError(`${some.join('; ')}; reading stopped after ${MOST_BROKEN} damaged images`)
  }

  async #write({ split, bytes, label, source }: ImageExample, pixels: DecodedImage): Promise<void> {
    const { height, width, data } = pixels
    if (pixels.is16Bit) this.#with16Bits++
    if (pixels.hasOrientation) this.#withOrientation++
    this.#size ??= { height, width, source }
    if (height !== this.#size.height || width !== this.#size.width)
      this.difference ??= `${this.#size.source} has ${this.#size.height} x ${this.#size.width} pixels, ${source} has ${height} x ${width}`
    if (!this.difference)
      await this.#writer.appendX(split, 'U8', [height, width, this.channels], data, source)
    const images = await this.#writer.column(split, 'images', { dtype: 'U8', rowShape: [], source })
    await images.append(bytes, source)
    this.#ends[split] += BigInt(bytes.length)
    const ends = await this.#writer.column(split, 'ends', { dtype: 'I64', rowShape: [], source })
    await ends.append(BigInt64Array.of(this.#ends[split]), source)
    await this.#writer.appendClasses(split, Int32Array.of(label), source)
  }
}
