import { type Channels, decodeImage } from '#formats/image.ts'
import type { Pixels } from '#formats/pixels.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'

/** An image file on its way into a dataset. */
export interface ImageExample {
  split: SplitName
  bytes: Uint8Array
  label: number
  /** For errors. */
  source: string
}

/** Decoded at a time. */
const GROUP = 32
const GROUP_BYTES = 2 * 1024 * 1024

/**
 * Writes images as the files they are, and while all are of one size as pixels too: which of both the dataset keeps turns out
 * at the end. Every image is decoded, so that none fails in a training.
 */
export class ImageWriter {
  readonly #writer: DatasetWriter
  readonly channels: Channels
  #group: ImageExample[] = []
  #groupBytes = 0
  #size: { height: number; width: number; source: string } | undefined
  #ends: Record<SplitName, bigint> = { train: 0n, test: 0n }
  /** The first two images that differ in size, for errors. */
  difference: string | undefined

  constructor(writer: DatasetWriter, channels: Channels) {
    this.#writer = writer
    this.channels = channels
  }

  /** @throws FormatError for what is no image, now or later */
  async append(image: ImageExample): Promise<void> {
    this.#group.push(image)
    this.#groupBytes += image.bytes.length
    if (this.#group.length === GROUP || this.#groupBytes >= GROUP_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    const group = this.#group
    this.#group = []
    this.#groupBytes = 0
    const decoded = await Promise.all(
      group.map(({ bytes, source }) => decodeImage(bytes, this.channels, source)),
    )
    for (const [index, image] of group.entries()) await this.#write(image, decoded[index]!)
  }

  async #write({ split, bytes, label, source }: ImageExample, pixels: Pixels): Promise<void> {
    const { height, width, data } = pixels
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
