import { FormatError } from '#formats/format-error.ts'
import { checkPairs, type Encoding } from './encoding.ts'

/** Four bytes per value: its flat index, ascending. */
export const indices: Encoding = {
  dtype: 'I32',
  valueCount: ({ nonzero }) => nonzero,
  placeCount: ({ nonzero }) => nonzero,
  countValues: places => places.length,

  encode(bits, values, places) {
    let k = 0
    for (let i = 0; i < bits.length; i++) {
      const value = bits[i]!
      if (value << 1 !== 0) {
        values[k] = value
        places[k++] = i
      }
    }
  },

  decode(places, values, bits) {
    checkPairs(places, values)
    let previous = -1
    for (let k = 0; k < places.length; k++) {
      const index = places[k]!
      if (index <= previous || index >= bits.length) {
        throw new FormatError(`index ${index} is not ascending or is beyond the last element`)
      }
      bits[index] = values[k]!
      previous = index
    }
  },
}
