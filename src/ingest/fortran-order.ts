import { createWriteStream } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { FormatError } from '#formats/format-error.ts'
import { elementCount } from '#network/shape.ts'
import type { ArrayInFile } from './append-array.ts'
import { ByteReader } from './byte-reader.ts'
import { elementBytes } from './element-bytes.ts'

/** The memory for one block of examples. */
const BLOCK_BYTES = 8 * 1024 * 1024

/**
 * Reads an array in Fortran order example by example; NumPy saves transposed arrays and most data frames in this order. The array is
 * written to a temporary file, since each example is spread over the whole array. @param path of that file. @throws FormatError
 */
export async function inRowOrder(array: ArrayInFile, path: string): Promise<ArrayInFile> {
  const { reader, format, shape, source } = array
  const size = elementBytes(format, source)
  const [rows = 0, ...rowShape] = shape
  const width = elementCount(rowShape)
  // If at most one axis is longer than 1, both orders are the same.
  if (shape.filter(length => length > 1).length <= 1) return array
  await pipeline(reader.rest(size), createWriteStream(path))
  const file = await open(path)
  const bytes = (await file.stat()).size
  if (bytes !== rows * width * size) {
    await file.close()
    throw new FormatError(`${source} declares the shape [${shape}], but contains ${bytes / size} numbers`)
  }
  const blocks = rowBlocks(file, { rows, size, places: fortranPlaces(rowShape) })
  return { ...array, reader: new ByteReader(closing(blocks, file, path), source) }
}

async function* rowBlocks(
  file: FileHandle,
  { rows, size, places }: { rows: number; size: number; places: Uint32Array },
): AsyncGenerator<Uint8Array, void, undefined> {
  const width = places.length
  const atOnce = Math.max(1, Math.floor(BLOCK_BYTES / (width * size)))
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first)
    const block = Buffer.alloc(count * width * size)
    const run = Buffer.alloc(count * size)
    for (const [at, place] of places.entries()) {
      await file.read(run, 0, run.length, (place * rows + first) * size)
      for (let row = 0; row < count; row++)
        run.copy(block, (row * width + at) * size, row * size, (row + 1) * size)
    }
    yield block
  }
}

/** For each element of an example in row-major order, its index in Fortran order. */
function fortranPlaces(shape: readonly number[]): Uint32Array {
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)))
  const places = new Uint32Array(elementCount(shape))
  for (let at = 0; at < places.length; at++) {
    let left = at
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      places[at]! += (left % shape[axis]!) * strides[axis]!
      left = Math.floor(left / shape[axis]!)
    }
  }
  return places
}

async function* closing(
  blocks: AsyncIterable<Uint8Array>,
  file: FileHandle,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* blocks
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
