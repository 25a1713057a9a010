import { FormatError } from './format-error.ts'

/** The header of a .npy file. */
export interface NpyHeader {
  /** The kind of element and its size, as in `f4`, `u1`, `b1`, `U3`. */
  kind: string
  bigEndian: boolean
  /** Whether the first axis varies fastest. */
  isFortran: boolean
  shape: number[]
}

/** The size of the header's length field. */
export const NPY_PREAMBLE_BYTES = 12
const LONGEST_HEADER = 64 * 1024

/** Element types of NumPy that are neither numbers nor strings, by the letter of their kind. */
const REFUSED: Readonly<Record<string, string>> = {
  O: "objects, which only Python's pickle can store, and pickles are never loaded because they are programs; for texts save with dtype=str, for numbers with a numeric dtype",
  c: 'complex numbers; save the real and the imaginary part as two features',
  M: 'dates; turn them into numbers first',
  m: 'durations; turn them into numbers first',
  V: 'raw bytes without a type (void)',
}

/** The length and the offset of the header, from a file's first 12 bytes (NumPy Enhancement Proposal 1). @throws FormatError */
export function npyHeaderPlace(preamble: Uint8Array, name: string): { start: number; length: number } {
  if (String.fromCharCode(...preamble.subarray(1, 6)) !== 'NUMPY')
    throw new FormatError(`${name} is not a .npy file: the magic bytes at its start are missing`)
  const view = new DataView(preamble.buffer, preamble.byteOffset)
  const place =
    preamble[6] === 1
      ? { start: 10, length: view.getUint16(8, true) }
      : { start: 12, length: view.getUint32(8, true) }
  if (place.length > LONGEST_HEADER)
    throw new FormatError(`${name} has a header of ${place.length} bytes; the limit is ${LONGEST_HEADER}`)
  return place
}

/** @throws FormatError for an element type that is not supported */
export function parseNpyHeader(text: string, name: string): NpyHeader {
  const [, fields] = /'descr':\s*\[(.*?)\]/s.exec(text) ?? []
  if (fields !== undefined) {
    const names = [...fields.matchAll(/\(\s*'([^']*)'/g)].map(([, field]) => field)
    throw new FormatError(
      `${name} is a structured array with the fields ${names.join(', ').slice(0, 200)}; save a plain array of numbers`,
    )
  }
  const [, order, kind] = /'descr':\s*'([<>|=]?)([a-zA-Z]\d*)(?:\[[^\]]*\])?'/.exec(text) ?? []
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(text) ?? []
  const [, lengths] = /'shape':\s*\(([^)]*)\)/.exec(text) ?? []
  // Python 2 writes a long integer with an L.
  const parts = lengths?.split(',').map(part => part.trim().replace(/L$/, ''))
  const shape = parts?.filter((part, axis) => part !== '' || axis < parts.length - 1)
  if (kind === undefined || !shape?.every(length => /^\d{1,15}$/.test(length)))
    throw new FormatError(
      `${name} is not an array of plain numbers: its header is ${text.trim().slice(0, 200)}`,
    )
  const refused = REFUSED[kind[0]!]
  if (refused) throw new FormatError(`${name} holds ${refused}`)
  return { kind, bigEndian: order === '>', isFortran: fortran === 'True', shape: shape.map(Number) }
}
