import { aligned } from './values.ts'

/** A way to store the indices of the non-zeros of a flat tensor (docs/sparse-safetensors.md). */
export interface Encoding {
  dtype: 'U8' | 'I32'
  /** The number of values that belong to these indices. */
  count(stored: Uint8Array): number
  /** Writes the values into a tensor of zeros. Returns whether all indices are within it, and in order. */
  scatter(stored: Uint8Array, values: Float32Array, dense: Float32Array): boolean
}

export const ENCODINGS: ReadonlyMap<unknown, Encoding> = new Map<unknown, Encoding>([
  [
    'bitmask',
    {
      dtype: 'U8',
      count(mask) {
        let count = 0
        for (let index = 0; index < mask.length; index++)
          for (let set = mask[index]!; set !== 0; set &= set - 1) count++
        return count
      },
      scatter(mask, values, dense) {
        if (mask.length !== Math.ceil(dense.length / 8)) return false
        let [k, last] = [0, -1]
        for (let index = 0; index < mask.length; index++)
          for (let set = mask[index]!; set !== 0; set &= set - 1) {
            last = index * 8 + 31 - Math.clz32(set & -set)
            dense[last] = values[k++]!
          }
        return last < dense.length
      },
    },
  ],
  [
    'gaps',
    {
      dtype: 'U8',
      count: gaps => gaps.length,
      scatter(gaps, values, dense) {
        let position = -1
        for (let k = 0; k < gaps.length; k++) {
          position += gaps[k]! + 1
          dense[position] = values[k]!
        }
        return position < dense.length
      },
    },
  ],
  [
    'indices',
    {
      dtype: 'I32',
      count: indices => indices.length / 4,
      scatter(stored, values, dense) {
        const { buffer, byteOffset, length } = aligned(stored, 4)
        const indices = new Int32Array(buffer, byteOffset, length / 4)
        let last = -1
        for (let k = 0; k < indices.length; k++) {
          const index = indices[k]!
          if (index <= last) return false
          dense[index] = values[k]!
          last = index
        }
        return last < dense.length
      },
    },
  ],
])
