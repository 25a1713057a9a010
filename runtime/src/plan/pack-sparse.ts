import type { SparseMatrix } from './sparse-matrix.ts'

/** Some rows of a matrix for some of its terms, as `kernels/ops/sparse-product.h` reads them; indexes into the arrays of `PackedSparse`. */
export interface PackedBlock {
  rows: number
  firstRow: number
  firstValue: number
}

export interface PackedSparse {
  /** Panel by panel (of rows), and in a panel block by block (of terms). */
  blocks: readonly PackedBlock[]
  blocksPerPanel: number
  /** The output of each row of each block, and its number of non-zeros. */
  outputs: Uint32Array
  counts: Uint32Array
  values: Float32Array
  /** The term of each value. */
  columns: Uint32Array
}

/** Cuts a matrix into panels with about as many non-zeros each, and those into blocks, whose rows are sorted by their non-zeros. */
export function packSparse(matrix: SparseMatrix, panels: number, termsPerBlock: number): PackedSparse {
  const { outputs: rows, starts } = matrix
  const blocksPerPanel = Math.max(1, Math.ceil(matrix.terms / termsPerBlock))
  const packed = {
    blocks: [] as PackedBlock[],
    blocksPerPanel,
    outputs: new Uint32Array(rows * blocksPerPanel),
    counts: new Uint32Array(rows * blocksPerPanel),
    values: new Float32Array(matrix.values.length),
    columns: new Uint32Array(matrix.values.length),
  }
  const next = starts.slice(0, rows)
  let firstRow = 0
  let firstValue = 0
  for (const [begin, end] of panelsOf(starts, rows, panels))
    for (let block = 0; block < blocksPerPanel; block++) {
      const lastTerm = Math.min(matrix.terms, (block + 1) * termsPerBlock)
      const values = packBlock(matrix, packed, next, { begin, end, lastTerm, firstRow, firstValue })
      packed.blocks.push({ rows: end - begin, firstRow, firstValue })
      firstRow += end - begin
      firstValue += values
    }
  return packed
}

/** Appends the rows [begin, end) up to a term; `next` is the first non-zero of each row that is not packed. Returns their number. */
function packBlock(
  matrix: SparseMatrix,
  packed: PackedSparse,
  next: Uint32Array,
  block: { begin: number; end: number; lastTerm: number; firstRow: number; firstValue: number },
): number {
  const lengths = new Map<number, number>()
  for (let m = block.begin; m < block.end; m++) {
    let end = next[m]!
    while (end < matrix.starts[m + 1]! && matrix.columns[end]! < block.lastTerm) end += 1
    lengths.set(m, end - next[m]!)
  }
  let row = block.firstRow
  let at = block.firstValue
  for (const [output, length] of [...lengths].sort((a, b) => a[1] - b[1])) {
    const begin = next[output]!
    packed.outputs[row] = output
    packed.counts[row++] = length
    packed.values.set(matrix.values.subarray(begin, begin + length), at)
    packed.columns.set(matrix.columns.subarray(begin, begin + length), at)
    next[output]! += length
    at += length
  }
  return at - block.firstValue
}

/** Ranges of rows with about as many non-zeros each. */
function panelsOf(starts: Uint32Array, rows: number, panels: number): [number, number][] {
  const ranges: [number, number][] = []
  let begin = 0
  for (let panel = 1; panel <= panels; panel++) {
    let end = panel === panels ? rows : begin
    while (end < rows && starts[end]! < (starts[rows]! * panel) / panels) end += 1
    ranges.push([begin, end])
    begin = end
  }
  return ranges
}
