import { FormatError } from '#formats/format-error.ts'
import { checkPairs, type Encoding } from './encoding.ts'

/**
 * One byte per value: its distance from the previous value, minus one. If that exceeds 255, a filler (gap 255, value 0)
 * bridges 256 elements (as in Deep Compression, Han et al. 2016, figure 2).
 */
export const gaps: Encoding = {
  dtype: 'U8',
  valueCount: ({ nonzero, fillers }) => nonzero + fillers,
  placeCount: ({ nonzero, fillers }) => nonzero + fillers,
  countValues: places => places.length,

  encode(bits, values, places) {
    let k = 0
    let previous = -1
    for (let i = 0; i < bits.length; i++) {
      const value = bits[i]!
      if (value << 1 === 0) continue
      let gap = i - previous - 1
      for (; gap > 255; gap -= 256) places[k++] = 255
      places[k] = gap
      values[k++] = value
      previous = i
    }
  },

  decode(places, values, bits) {
    checkPairs(places, values)
    let position = -1
    for (let k = 0; k < places.length; k++) {
      position += places[k]! + 1
      if (position >= bits.length) throw new FormatError('the gaps exceed the last element')
      bits[position] = values[k]!
    }
  },
}
