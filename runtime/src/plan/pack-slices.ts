import { roundUp } from './planes.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

/** A sparse matrix as slices of `lanes` rows (SELL-C), as `kernels/ops/vector-product.h` reads them. */
export interface PackedSlices {
  /** The output of each row. */
  order: Uint32Array
  /** The first column of each slice, and the number of columns. */
  starts: Uint32Array
  /** [columns, lanes], zeros where a row is shorter than its slice. */
  values: Float32Array
  columns: Uint32Array
}

/** Sorts the rows of a matrix by their non-zeros and pads those of a slice to the longest. */
export function packSlices(matrix: SparseMatrix, lanes: number): PackedSlices {
  const length = (m: number) => matrix.starts[m + 1]! - matrix.starts[m]!
  const order = Uint32Array.from({ length: matrix.outputs }, (_, m) => m).sort(
    (a, b) => length(a) - length(b),
  )
  const slices = roundUp(matrix.outputs, lanes) / lanes
  const starts = new Uint32Array(slices + 1)
  for (let s = 0; s < slices; s++) {
    const longest = order[Math.min((s + 1) * lanes, matrix.outputs) - 1]!
    starts[s + 1] = starts[s]! + length(longest)
  }
  const values = new Float32Array(starts[slices]! * lanes)
  const columns = new Uint32Array(starts[slices]! * lanes)
  for (const [row, m] of order.entries()) {
    const slice = Math.floor(row / lanes)
    for (let i = 0; i < starts[slice + 1]! - starts[slice]!; i++) {
      const at = (starts[slice]! + i) * lanes + (row % lanes)
      const from = matrix.starts[m]! + i
      if (i < length(m)) values[at] = matrix.values[from]!
      // A zero is multiplied with a term that the row has anyway, if it has any.
      columns[at] = matrix.columns[i < length(m) ? from : matrix.starts[m]! + Math.max(0, length(m) - 1)] ?? 0
    }
  }
  return { order, starts, values, columns }
}
