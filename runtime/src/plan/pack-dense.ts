import { roundUp } from './planes.ts'

/**
 * A dense kernel as `kernels/ops/dense-product.h` reads it: [blocks of terms, groups of rows, terms of the block, rows of the group], zeros
 * for rows that do not exist. With one block and `lanes` rows in a group it is what the dense product with a vector reads.
 *
 * @param kernel of shape [terms, outputs]
 * @param order the row of the kernel that each term is
 */
export function packDense(
  kernel: Float32Array,
  outputs: number,
  order: Uint32Array,
  rows: number,
  termsPerBlock: number,
): Float32Array {
  const terms = order.length
  const groups = roundUp(outputs, rows) / rows
  const packed = new Float32Array(terms * groups * rows)
  for (let begin = 0; begin < terms; begin += termsPerBlock) {
    const length = Math.min(termsPerBlock, terms - begin)
    for (let k = 0; k < length; k++) {
      const from = order[begin + k]! * outputs
      for (let m = 0; m < outputs; m++) {
        const group = Math.floor(m / rows)
        packed[(begin * groups + group * length + k) * rows + (m % rows)] = kernel[from + m]!
      }
    }
  }
  return packed
}
