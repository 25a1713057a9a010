import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FolderRequest } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import { decodeImage } from '#formats/image.ts'
import { ClassNames } from './class-names.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { splitOf } from './split-of.ts'

const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i

/**
 * Notes the images of `train/CLASS` and `val/CLASS` by their paths, sorted; the images stay where they are, and the first of each
 * class is decoded. @throws FormatError
 */
export async function indexFolder(
  root: string,
  { classes, channels }: FolderRequest,
  writer: DatasetWriter,
): Promise<void> {
  const names = new ClassNames(classes)
  writer.names = names
  const splits = (await foldersIn(root)).filter(name => name === 'train' || splitOf(name) === 'test')
  for (const split of splits) {
    const index = new PathIndex(writer, splitOf(split))
    for (const className of await foldersIn(join(root, split))) {
      const folder = join(split, className)
      const files = (await readdir(join(root, folder))).filter(name => IMAGE.test(name)).sort()
      if (files.length === 0) throw new FormatError(`${folder} holds no images`)
      await decodeImage(await readFile(join(root, folder, files[0]!)), channels, join(folder, files[0]!))
      const label = names.numberOf(className, folder)
      await index.append(
        files.map(name => join(folder, name)),
        label,
      )
    }
  }
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
}

/** Paths as the images of a split: what is read in their place. */
class PathIndex {
  readonly #writer: DatasetWriter
  readonly #split: SplitName
  #end = 0n

  constructor(writer: DatasetWriter, split: SplitName) {
    this.#writer = writer
    this.#split = split
  }

  async append(paths: readonly string[], label: number): Promise<void> {
    const source = paths[0]!
    const bytes = paths.map(path => new TextEncoder().encode(path))
    const ends = BigInt64Array.from(bytes, ({ length }) => (this.#end += BigInt(length)))
    const images = await this.#writer.column(this.#split, 'images', { dtype: 'U8', rowShape: [], source })
    await images.append(Buffer.concat(bytes), source)
    const places = await this.#writer.column(this.#split, 'ends', { dtype: 'I64', rowShape: [], source })
    await places.append(ends, source)
    await this.#writer.appendClasses(this.#split, new Int32Array(paths.length).fill(label), source)
  }
}
