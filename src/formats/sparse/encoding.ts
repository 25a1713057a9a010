import { FormatError } from '#formats/format-error.ts'

/** What the size of every encoding follows from. */
export interface NonzeroCount {
  size: number
  nonzero: number
  /** Zeros that `gaps` has to store because the next non-zero is more than 256 away. */
  fillers: number
}

export type Places = Uint8Array | Int32Array

/**
 * A way to write down where the non-zeros of a flat float32 tensor are (docs/sparse-safetensors.md). It works on bits,
 * so that values survive as they are, NaN payloads included, and `bits << 1` (all but the sign) makes -0 a zero.
 */
export interface Encoding {
  dtype: 'U8' | 'I32'
  valueCount(count: NonzeroCount): number
  placeCount(count: NonzeroCount): number
  /** How many values belong to places. */
  countValues(places: Places): number
  /** Fills `values` and `places`, both zeros and as long as the counts say. */
  encode(bits: Uint32Array, values: Uint32Array, places: Places): void
  /** Fills `bits`, all zeros. @throws FormatError when places and values do not fit it */
  decode(places: Places, values: Uint32Array, bits: Uint32Array): void
}

/** Free of branches: around half full, mispredicted ones would triple the time. */
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
    throw new FormatError(`there are ${places.length} places for ${values.length} values`)
  }
}
