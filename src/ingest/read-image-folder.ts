import { FormatError } from '#formats/format-error.ts'
import { ClassNames } from './class-names.ts'
import type { RequestOf } from './dataset-request.ts'
import type { DatasetWriter } from './dataset-writer.ts'
import { layOutImages } from './image-layout.ts'
import { folderOfFile, ImageListing, isImageName } from './image-listing.ts'
import { ImageWriter } from './image-writer.ts'
import { type Member, membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'

const MOST_IMAGE_BYTES = 100 * 1024 * 1024

/**
 * Reads archives of images in folders of classes. They are read twice: the splits can be found only when all folders are known.
 * @throws FormatError
 */
export async function readImageFolder(
  files: readonly SourceFile[],
  { classes, channels }: RequestOf<'imageFolder'>,
  writer: DatasetWriter,
): Promise<ImageWriter> {
  const hasParts = files.length > 1
  const listing = new ImageListing()
  for await (const member of membersOf(files)) listing.add(pathOf(member, hasParts), member.source)
  listing.requireImages()
  const { places, notes } = layOutImages(listing.folders, classes)
  for (const note of [...notes, ...(listing.skipped ? [listing.skipped] : [])]) writer.notes.add(note)

  const names = new ClassNames(classes)
  writer.names = names
  const images = new ImageWriter(writer, channels)
  for await (const member of membersOf(files)) {
    const path = pathOf(member, hasParts)
    const place = places.get(folderOfFile(path))
    if (!place || !isImageName(path)) continue
    const { source } = member
    const label = names.numberOf(place.className, source)
    await images.append({ split: place.split, bytes: await readWhole(member.content, source), label, source })
  }
  await images.flush()
  return images
}

/** Each of several archives counts as a folder: `train.zip` and `test.zip` are splits. */
function pathOf({ name, archive }: Member, hasParts: boolean): string {
  return hasParts && archive !== undefined
    ? `${archive.replace(/(\.(zip|tar|tgz|gz|tar\.gz))+$/i, '')}/${name}`
    : name
}

async function readWhole(content: AsyncIterable<Uint8Array>, source: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of content) {
    bytes += piece.length
    if (bytes > MOST_IMAGE_BYTES)
      throw new FormatError(`${source} is larger than ${MOST_IMAGE_BYTES} bytes, the limit for an image`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
