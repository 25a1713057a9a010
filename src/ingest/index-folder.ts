import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { decodeImage } from '#formats/image.ts'
import { ClassNames } from './class-names.ts'
import type { FolderRequest } from './dataset-request.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { layOutImages } from './image-layout.ts'
import { ImageListing, isImageName } from './image-listing.ts'
import { isSystemFile } from './members.ts'

/**
 * Writes the sorted paths of the images in a folder's splits and classes. The images stay in place; only the first one of each folder
 * is decoded. @throws FormatError
 */
export async function indexFolder(
  root: string,
  { classes, channels }: FolderRequest,
  writer: DatasetWriter,
): Promise<void> {
  const listing = new ImageListing()
  await list(root, '', listing)
  listing.requireImages()
  const { places, notes } = layOutImages(listing.folders, classes)
  for (const note of [...notes, ...(listing.skipped ? [listing.skipped] : [])]) writer.notes.add(note)

  const names = new ClassNames(classes)
  writer.names = names
  const indexes = { train: new PathIndex(writer, 'train'), test: new PathIndex(writer, 'test') }
  for (const [folder, { split, className }] of places) {
    const files = (await filesIn(join(root, folder))).filter(isImageName).map(name => join(folder, name))
    await decodeImage(await readFile(join(root, files[0]!)), channels, files[0]!)
    await indexes[split].append(files, names.numberOf(className, folder))
  }
}

async function list(root: string, folder: string, listing: ImageListing): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  for (const entry of entries.filter(({ name }) => !isSystemFile(name))) {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) await list(root, path, listing)
    else listing.add(path, path)
  }
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  return entries
    .flatMap(entry => (entry.isDirectory() || isSystemFile(entry.name) ? [] : [entry.name]))
    .sort()
}

/** Writes paths in place of the images of a split. */
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
