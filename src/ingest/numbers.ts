import { FormatError } from '#formats/format-error.ts'
import { halfToFloat } from '#formats/half-to-float.ts'

type Read = (view: DataView, offset: number, littleEndian: boolean) => number

const READERS: Readonly<Record<string, Read>> = {
  b1: (view, offset) => view.getUint8(offset),
  u1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u8: (view, offset, little) => Number(view.getBigUint64(offset, little)),
  i8: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  f2: (view, offset, little) => halfToFloat(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
}

/** How arrays of numbers are stored: `kind` as NumPy writes it, `u1` or `f8`. */
export interface NumberFormat {
  kind: string
  bigEndian: boolean
}

/** Bytes of a number. @throws FormatError for what are no numbers */
export function itemBytes({ kind }: NumberFormat, source: string): number {
  if (!Object.hasOwn(READERS, kind))
    throw new FormatError(`${source} holds ${kind}; numbers are: ${Object.keys(READERS).join(', ')}`)
  return Number(kind[1])
}

export function isInteger({ kind }: NumberFormat): boolean {
  return kind[0] !== 'f'
}

/** Numbers as an array of another type. */
export function readNumbers<Numbers extends Float32Array | Int32Array>(
  bytes: Uint8Array,
  { kind, bigEndian }: NumberFormat,
  TypedArray: new (length: number) => Numbers,
): Numbers {
  const size = Number(kind[1])
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = new TypedArray(bytes.byteLength / size)
  const read = READERS[kind]!
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, i * size, !bigEndian)
  return numbers
}
