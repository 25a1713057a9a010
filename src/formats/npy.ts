import { FormatError } from './format-error.ts'

/** What the header of a .npy file says of the array behind it. */
export interface NpyHeader {
  /** The kind of number and its bytes, as in `f4`, `u1`, `b1`. */
  kind: string
  bigEndian: boolean
  shape: number[]
}

/** Bytes that tell how long the header is. */
export const NPY_PREAMBLE_BYTES = 12

/** The header's length and where it begins, from a file's first 12 bytes (NumPy Enhancement Proposal 1). @throws FormatError */
export function npyHeaderPlace(preamble: Uint8Array, name: string): { start: number; length: number } {
  if (String.fromCharCode(...preamble.subarray(1, 6)) !== 'NUMPY')
    throw new FormatError(`${name} is no .npy file: it does not begin as one`)
  const view = new DataView(preamble.buffer, preamble.byteOffset)
  return preamble[6] === 1
    ? { start: 10, length: view.getUint16(8, true) }
    : { start: 12, length: view.getUint32(8, true) }
}

/** @throws FormatError that names what of it cannot be read here */
export function parseNpyHeader(text: string, name: string): NpyHeader {
  const [, order, kind] = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(text) ?? []
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(text) ?? []
  const [, lengths] = /'shape':\s*\(([^)]*)\)/.exec(text) ?? []
  if (kind === undefined || lengths === undefined)
    throw new FormatError(`${name} is no array of plain numbers: its header is ${text.trim().slice(0, 200)}`)
  const shape = lengths
    .split(',')
    .filter(part => part.trim() !== '')
    .map(Number)
  if (fortran === 'True' && shape.filter(length => length > 1).length > 1)
    throw new FormatError(`${name} is in Fortran's order; save numpy.ascontiguousarray of it`)
  return { kind, bigEndian: order === '>', shape }
}
