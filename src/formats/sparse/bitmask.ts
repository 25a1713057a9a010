import { FormatError } from '#formats/format-error.ts'
import type { Encoding } from './encoding.ts'

/** One bit per element, the least significant bit of each byte first. */
export const bitmask: Encoding = {
  dtype: 'U8',
  valueCount: ({ nonzero }) => nonzero,
  placeCount: ({ size }) => Math.ceil(size / 8),

  countValues(mask) {
    let count = 0
    for (const byte of mask) for (let set = byte; set !== 0; set &= set - 1) count++
    return count
  },

  // Without branches, as mispredictions would triple the time at half density. Every element is written to the next position of `values`
  // and is overwritten by the next one if it is zero; writes beyond the end, after the last non-zero, are ignored.
  encode(bits, values, mask) {
    let k = 0
    for (let byte = 0; byte < mask.length; byte++) {
      const end = Math.min(byte * 8 + 8, bits.length)
      let set = 0
      for (let i = byte * 8; i < end; i++) {
        const magnitude = bits[i]! << 1
        const kept = (magnitude | -magnitude) >>> 31
        values[k] = bits[i]!
        k += kept
        set |= kept << (i & 7)
      }
      mask[byte] = set
    }
  },

  decode(mask, values, bits) {
    if (mask.length !== Math.ceil(bits.length / 8)) {
      throw new FormatError(`a bitmask of ${mask.length} bytes does not fit ${bits.length} elements`)
    }
    const padding = mask.length * 8 - bits.length
    if (padding > 0 && mask.at(-1)! >>> (8 - padding) !== 0) {
      throw new FormatError('a bit of the bitmask is beyond the last element')
    }
    let k = 0
    for (let byte = 0; byte < mask.length; byte++) {
      for (let set = mask[byte]!; set !== 0; set &= set - 1) {
        bits[byte * 8 + 31 - Math.clz32(set & -set)] = values[k++]!
      }
    }
    if (k !== values.length) throw new FormatError(`the bitmask sets ${k} bits for ${values.length} values`)
  },
}
