import type { Random } from './random.ts'

/**
 * A matrix [rows, columns], row-major, whose rows or columns, whichever are fewer, are orthonormal, drawn uniformly among such matrices
 * by Gram-Schmidt on normal vectors. Each is orthogonalized twice, because rounding spoils the first pass (Giraud, Langou and Rozloznik
 * 2005, "twice is enough").
 */
export function orthogonalMatrix(rows: number, columns: number, random: Random): Float64Array {
  const length = Math.max(rows, columns)
  const vectors: Float64Array[] = []
  for (let i = 0; i < Math.min(rows, columns); i++) {
    const vector = Float64Array.from({ length }, () => random.normal())
    for (let pass = 0; pass < 2; pass++) for (const other of vectors) subtractProjection(vector, other)
    const scale = 1 / Math.sqrt(dot(vector, vector))
    vectors.push(vector.map(value => value * scale))
  }
  const matrix = new Float64Array(rows * columns)
  const [step, stride] = rows <= columns ? [columns, 1] : [1, columns]
  for (const [i, vector] of vectors.entries())
    for (let k = 0; k < length; k++) matrix[i * step + k * stride] = vector[k]!
  return matrix
}

/** Subtracts the component of `vector` along `unit`, which has length 1. */
function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit)
  for (let i = 0; i < vector.length; i++) vector[i]! -= along * unit[i]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
