import { elementCount } from '#network/shape.ts'
import { FormatError } from './format-error.ts'

/** Element types by their code, with NumPy's names. */
export const IDX_KINDS: Readonly<Record<number, string>> = {
  8: 'u1',
  9: 'i1',
  11: 'i2',
  12: 'i4',
  13: 'f4',
  14: 'f8',
}
const MAGIC_BYTES = 4
const UINT8 = 8

/**
 * The shape in the header of an IDX file (LeCun et al., "The MNIST database", "File formats"): two zero bytes, the element
 * type, the rank, a big-endian uint32 per dimension. @param lengths the bytes after the first four
 */
export function idxShape(rank: number, lengths: Uint8Array): number[] {
  const view = new DataView(lengths.buffer, lengths.byteOffset)
  return Array.from({ length: rank }, (_, axis) => view.getUint32(4 * axis))
}

/** @param magic a file's first four bytes. @throws FormatError if they do not begin an IDX file */
export function requireIdxMagic(magic: Uint8Array, name: string): void {
  if (magic.length < MAGIC_BYTES || magic[0] !== 0 || magic[1] !== 0 || !IDX_KINDS[magic[2]!])
    throw new FormatError(`${name}: an IDX file starts with two zero bytes, its element type and its rank`)
}

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST, whose elements are row-major.
 *
 * @returns the elements as a view into `bytes`
 * @throws FormatError
 */
export function decodeIdx(bytes: Uint8Array): { shape: number[]; data: Uint8Array } {
  requireIdxMagic(bytes, 'the file')
  const [, , dtype, rank = 0] = bytes
  const headerBytes = MAGIC_BYTES + 4 * rank
  if (bytes.length < headerBytes)
    throw new FormatError(
      `an IDX header of rank ${rank} takes ${headerBytes} bytes, the file has ${bytes.length}`,
    )
  const shape = idxShape(rank, bytes.subarray(MAGIC_BYTES))
  if (dtype !== UINT8)
    throw new FormatError(`IDX elements must be uint8 (8), not ${IDX_KINDS[dtype!]} (${dtype})`)
  const data = bytes.subarray(headerBytes)
  if (data.length !== elementCount(shape)) {
    throw new FormatError(
      `IDX shape [${shape}] takes ${elementCount(shape)} bytes, the file has ${data.length}`,
    )
  }
  return { shape, data }
}
