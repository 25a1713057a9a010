import { FormatError } from './format-error.ts'

/** The header of a .npy file. */
export interface NpyHeader {
  /** The kind of element and its size, as in `f4`, `u1`, `b1`, `U3`. */
  kind: string
  bigEndian: boolean
  /** Whether the first axis runs fastest. */
  isFortran: boolean
  shape: number[]
}

/** Bytes that tell how long the header is. */
export const NPY_PREAMBLE_BYTES = 12
const LONGEST_HEADER = 64 * 1024

/** Element types of NumPy that hold no numbers or texts, by the letter of their kind. */
const REFUSED: Readonly<Record<string, string>> = {
  O: "objects, which only Python's pickle can store, and pickles are never loaded because they are programs; for texts save with dtype=str, for numbers with a numeric dtype",
  c: 'complex numbers; save the real and the imaginary part as two features',
  M: 'dates; turn them into numbers first',
  m: 'durations; turn them into numbers first',
  V: 'raw bytes of no type (void)',
}

/** The header's length and where it begins, from a file's first 12 bytes (NumPy Enhancement Proposal 1). @throws FormatError */
export function npyHeaderPlace(preamble: Uint8Array, name: string): { start: number; length: number } {
  if (String.fromCharCode(...preamble.subarray(1, 6)) !== 'NUMPY')
    throw new FormatError(`${name} is no .npy file: it does not begin as one`)
  const view = new DataView(preamble.buffer, preamble.byteOffset)
  const place =
    preamble[6] === 1
      ? { start: 10, length: view.getUint16(8, true) }
      : { start: 12, length: view.getUint32(8, true) }
  if (place.length > LONGEST_HEADER)
    throw new FormatError(`${name} has a header of ${place.length} bytes; ${LONGEST_HEADER} is the most`)
  return place
}

/** @throws FormatError that names what of it cannot be read here */
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
    throw new FormatError(`${name} is no array of plain numbers: its header is ${text.trim().slice(0, 200)}`)
  const refused = REFUSED[kind[0]!]
  if (refused) throw new FormatError(`${name} holds ${refused}`)
  return { kind, bigEndian: order === '>', isFortran: fortran === 'True', shape: shape.map(Number) }
}
