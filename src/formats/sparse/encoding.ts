import { FormatError } from '#formats/format-error.ts'

/** The counts that determine the size of every encoding. */
export interface NonzeroCount {
  size: number
  nonzero: number
  /** Zeros that `gaps` has to store because the next non-zero is more than 256 away. */
  fillers: number
}

export type Places = Uint8Array | Int32Array

/**
 * A way to store the indices of the non-zeros of a flat float32 tensor (docs/sparse-safetensors.md). It works on bits, which keeps values
 * exactly, including NaN payloads. `bits << 1` drops the sign, so -0 counts as a zero.
 */
export interface Encoding {
  dtype: 'U8' | 'I32'
  valueCount(count: NonzeroCount): number
  placeCount(count: NonzeroCount): number
  /** The number of stored values. */
  countValues(places: Places): number
  /** Fills `values` and `places`, which contain zeros and have the lengths that the counts determine. */
  encode(bits: Uint32Array, values: Uint32Array, places: Places): void
  /** Fills `bits`, which contains zeros. @throws FormatError if places and values do not match it */
  decode(places: Places, values: Uint32Array, bits: Uint32Array): void
}

/** Without branches, as mispredictions would triple the time at half density. */
export function countNonzero(bits: Uint32Array): NonzeroCount {
  let nonzero = 0
  let fillers = 0
  let previous = -1
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! << 1
    const kept = (magnitude | -magnitude) >> 31 // 0 for a zero, else -1
    nonzero -= kept
    fillers += ((i - previous - 1) >>> 8) & kept
    previous += (i - previous) & kept
  }
  return { size: bits.length, nonzero, fillers }
}

export function checkPairs(places: Places, values: Uint32Array): void {
  if (places.length !== values.length) {
    throw new FormatError(`there are ${places.length} indices for ${values.length} values`)
  }
}
