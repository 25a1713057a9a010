import { elementCount } from '#domain/shape.ts'
import { FormatError } from './format-error.ts'

/** The other element types of IDX, to name what is not read. */
const OTHER_DTYPES: Readonly<Record<number, string>> = {
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
}
const UINT8 = 8

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST (LeCun et al., "The MNIST database", "File formats"): two
 * zero bytes, the element type, the rank, a big-endian uint32 a dimension, the elements row-major.
 *
 * @returns the elements as a view into `bytes`
 * @throws FormatError
 */
export function decodeIdx(bytes: Uint8Array): { shape: number[]; data: Uint8Array } {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new FormatError('an IDX file starts with two zero bytes, its element type and its rank')
  }
  const dtype = bytes[2]!
  if (dtype !== UINT8) {
    throw new FormatError(
      `IDX elements must be uint8 (8), not ${OTHER_DTYPES[dtype] ?? 'unknown'} (${dtype})`,
    )
  }
  const rank = bytes[3]!
  const headerBytes = 4 + 4 * rank
  if (bytes.length < headerBytes) {
    throw new FormatError(
      `an IDX header of rank ${rank} takes ${headerBytes} bytes, the file has ${bytes.length}`,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  const data = bytes.subarray(headerBytes)
  if (data.length !== elementCount(shape)) {
    throw new FormatError(
      `IDX shape [${shape}] takes ${elementCount(shape)} bytes, the file has ${data.length}`,
    )
  }
  return { shape, data }
}
