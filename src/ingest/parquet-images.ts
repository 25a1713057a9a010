import { FormatError } from '#formats/format-error.ts'
import { ClassNames } from './class-names.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import type { ImageWriter } from './image-writer.ts'
import { listed, shortened } from './listed.ts'
import type { ParquetColumn } from './parquet-columns.ts'
import type { ParquetFile } from './parquet-file.ts'
import { labelText } from './parquet-label.ts'

/** How many rows are read at a time. */
const ROWS = 128

/** Writes Parquet files with a column of images and one of classes to a dataset, one after another. */
export class ParquetImages {
  readonly #writer: DatasetWriter
  readonly #images: ImageWriter
  readonly #names: ClassNames
  readonly #label: string

  /** @throws FormatError for labels that would be targets */
  constructor(request: RequestOf<'parquet'>, writer: DatasetWriter, images: ImageWriter) {
    const labels = [request.label].flat()
    if (request.labels === 'targets' || labels.length > 1)
      throw new FormatError(
        'images in Parquet need one label column of classes; targets are supported for tables only',
      )
    this.#label = labels[0]!
    this.#writer = writer
    this.#images = images
    this.#names = new ClassNames(request.classes)
    writer.names = this.#names
  }

  /** @throws FormatError that names row and column */
  async append(
    { blocks }: ParquetFile,
    columns: readonly ParquetColumn[],
    { split, source }: { split: SplitName; source: string },
  ): Promise<void> {
    const image = this.#findColumns(columns, source)
    for (const block of blocks(ROWS)) {
      const [cells, labels] = [await block.read(image), await block.read(this.#label)]
      for (let row = 0; row < block.count; row++) {
        const where = `${source}, row ${block.first + row} (from 0), column`
        const bytes = imageIn(cells[row])
        if (!bytes) throw new FormatError(`${where} "${image}" is not an image`)
        const label = this.#classOf(labels[row], `${where} "${this.#label}"`)
        await this.#images.append({ split, bytes, label, source: `${where} "${image}"` })
      }
    }
  }

  #findColumns(columns: readonly ParquetColumn[], source: string): string {
    const names = columns.map(({ name }) => name)
    if (!names.includes(this.#label))
      throw new FormatError(`${source} has no column "${this.#label}"; the columns are: ${listed(names, '')}`)
    const holding = columns.filter(({ name, kind }) => kind === 'image' && name !== this.#label)
    const image = (holding.find(({ name }) => name === 'image') ?? holding[0])?.name
    if (image === undefined)
      throw new FormatError(`${source} has no column of images, but the files before it have one`)
    const left = names.filter(name => name !== image && name !== this.#label)
    if (left.length > 0)
      this.#writer.notes.add(`The images were read from ${listed([image])}; left out: ${listed(left)}.`)
    return image
  }

  #classOf(value: unknown, where: string): number {
    const text = labelText(value, () => where)
    if (typeof value === 'number' && !Number.isInteger(value))
      throw new FormatError(
        `${where}: ${shortened(text)} has a fraction; labels of images in Parquet have to be classes`,
      )
    return this.#names.numberOf(text, where)
  }

  close(): Promise<void> {
    return this.#images.flush()
  }
}

/** The bytes of an image: the value itself, or its `bytes` in Hugging Face's `{ bytes, path }`. */
function imageIn(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  const { bytes } = (value ?? {}) as { bytes?: unknown }
  return bytes instanceof Uint8Array ? bytes : undefined
}
