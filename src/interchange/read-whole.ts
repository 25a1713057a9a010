import { readFile, stat } from 'node:fs/promises'
import { FormatError } from '#formats/format-error.ts'
import type { SourceFile } from '#ingest/source-file.ts'

/** Node cannot read larger files at once. */
const MOST_BYTES = 2 * 1024 ** 3 - 1

/** @throws FormatError for a file that is too large */
export async function readWhole({ name, path }: SourceFile): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > MOST_BYTES) throw tooLarge(name, MOST_BYTES)
  return await readFile(path)
}

/** The decompressed content of an archive member. @throws FormatError if it exceeds `most` bytes, as soon as that many are read */
export async function* upTo(
  content: AsyncIterable<Uint8Array>,
  source: string,
  most = MOST_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sizeBytes = 0
  for await (const piece of content) {
    sizeBytes += piece.length
    if (sizeBytes > most) throw tooLarge(source, most)
    yield piece
  }
}

function tooLarge(source: string, most: number): FormatError {
  return new FormatError(`${source} has more than ${most} bytes, the limit`)
}
