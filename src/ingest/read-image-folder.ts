import type { RequestOf } from '#domain/dataset-request.ts'
import { FormatError } from '#formats/format-error.ts'
import { ClassNames } from './class-names.ts'
import type { DatasetWriter, SplitName } from './dataset-writer.ts'
import { ImageWriter } from './image-writer.ts'
import { membersOf } from './members.ts'
import type { SourceFile } from './source-file.ts'
import { splitOf } from './split-of.ts'

const MOST_IMAGE_BYTES = 100 * 1024 * 1024

/** Archives of `CLASS/image.png`, or of `train/CLASS/image.png` and `test/CLASS/image.png`. @throws FormatError */
export async function readImageFolder(
  files: readonly SourceFile[],
  { classes, channels }: RequestOf<'imageFolder'>,
  writer: DatasetWriter,
): Promise<ImageWriter> {
  const names = new ClassNames(classes)
  writer.names = names
  const images = new ImageWriter(writer, channels)
  for await (const { name, source, content } of membersOf(files)) {
    const { split, className } = placeOfImage(name, source)
    const bytes = await readWhole(content, source)
    await images.append({ split, bytes, label: names.numberOf(className, source), source })
  }
  await images.flush()
  return images
}

/** Split and class of an image by the folders that it lies in. @throws FormatError when there are none */
function placeOfImage(name: string, source: string): { split: SplitName; className: string } {
  const folders = name.split('/').slice(0, -1)
  const splitAt = folders.findIndex(folder => splitOf(folder) === 'test' || folder.toLowerCase() === 'train')
  const className = splitAt >= 0 ? folders[splitAt + 1] : folders.at(-1)
  if (className === undefined)
    throw new FormatError(`${source} lies in no folder of a class: CLASS/image.png or train/CLASS/image.png`)
  return { split: splitAt >= 0 ? splitOf(folders[splitAt]!) : 'train', className }
}

async function readWhole(content: AsyncIterable<Uint8Array>, source: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of content) {
    bytes += piece.length
    if (bytes > MOST_IMAGE_BYTES)
      throw new FormatError(`${source} is larger than an image may be: ${MOST_IMAGE_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
