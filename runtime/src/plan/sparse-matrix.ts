/** The non-zeros of a matrix [outputs, terms], row by row. */
export interface SparseMatrix {
  outputs: number
  terms: number
  /** The index of the first non-zero of each row, and their number: [outputs + 1]. */
  starts: Uint32Array
  /** The term of each non-zero, ascending in a row. */
  columns: Uint32Array
  values: Float32Array
}

/** The share of the elements that are not zero. */
export function densityOf(kernel: Float32Array): number {
  let count = 0
  for (const value of kernel) if (value !== 0) count += 1
  return count / Math.max(kernel.length, 1)
}

/**
 * @param kernel of shape [terms, outputs]
 * @param order the row of the kernel that each term is
 */
export function sparseMatrixOf(kernel: Float32Array, outputs: number, order: Uint32Array): SparseMatrix {
  const terms = order.length
  const starts = new Uint32Array(outputs + 1)
  for (let i = 0, m = 0; i < kernel.length; i++) {
    if (kernel[i] !== 0) starts[m + 1]! += 1
    if (++m === outputs) m = 0
  }
  for (let m = 0; m < outputs; m++) starts[m + 1]! += starts[m]!
  const columns = new Uint32Array(starts[outputs]!)
  const values = new Float32Array(starts[outputs]!)
  const next = starts.slice(0, outputs)
  for (let term = 0; term < terms; term++) {
    const row = order[term]! * outputs
    for (let m = 0; m < outputs; m++) {
      const value = kernel[row + m]!
      if (value === 0) continue
      const at = next[m]!++
      columns[at] = term
      values[at] = value
    }
  }
  return { outputs, terms, starts, columns, values }
}
