import { FormatError } from '#formats/format-error.ts'
import { halfToFloat } from '#formats/half-to-float.ts'

type Read = (view: DataView, offset: number, littleEndian: boolean) => number | bigint

const READERS: Readonly<Record<string, Read>> = {
  b1: (view, offset) => Number(view.getUint8(offset) !== 0),
  u1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u8: (view, offset, little) => view.getBigUint64(offset, little),
  i8: (view, offset, little) => view.getBigInt64(offset, little),
  f2: (view, offset, little) => halfToFloat(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
}

/** How arrays of numbers are stored; `kind` is NumPy's type string without the byte order, e.g. `u1` or `f8`. */
export interface NumberFormat {
  kind: string
  bigEndian: boolean
}

/** The bytes of a number. @throws FormatError for a kind that is not numeric */
export function itemBytes({ kind }: NumberFormat, source: string): number {
  if (!Object.hasOwn(READERS, kind))
    throw new FormatError(
      `${source} holds ${kind}; the supported kinds are: ${Object.keys(READERS).join(', ')}`,
    )
  return Number(kind[1])
}

export function isInteger({ kind }: NumberFormat): boolean {
  return kind[0] !== 'f'
}

/** NumPy's name of the type, e.g. `uint16`. */
export function numbersName({ kind }: NumberFormat): string {
  const words: Readonly<Record<string, string>> = { b: 'bool', u: 'uint', i: 'int', f: 'float' }
  return kind === 'b1' ? 'bool' : `${words[kind[0]!]}${8 * Number(kind[1])}`
}

/** The numbers of an array; integers beyond 2^53 are rounded. */
export function readNumbers(bytes: Uint8Array, format: NumberFormat): Float32Array | Float64Array {
  const { kind, bigEndian } = format
  const size = Number(kind[1])
  if (kind === 'f4' && !bigEndian) return new Float32Array(Uint8Array.from(bytes).buffer)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = new Float64Array(bytes.byteLength / size)
  const read = READERS[kind]!
  for (let i = 0; i < numbers.length; i++) numbers[i] = Number(read(view, i * size, !bigEndian))
  return numbers
}

/** The integers of an array in decimal, without loss of digits. */
export function readIntegers(bytes: Uint8Array, { kind, bigEndian }: NumberFormat): string[] {
  const size = Number(kind[1])
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = READERS[kind]!
  return Array.from({ length: bytes.byteLength / size }, (_, i) => String(read(view, i * size, !bigEndian)))
}
