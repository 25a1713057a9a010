/** An eigenvalue of a symmetric matrix with its unit eigenvector. */
export interface EigenPair {
  value: number
  vector: number[]
}

const MOST_SWEEPS = 60

/**
 * All eigenpairs of a small symmetric matrix, the largest value first (the cyclic Jacobi method: Golub and Van Loan, "Matrix
 * Computations", section 8.5).
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): EigenPair[] {
  const a = matrix.map(row => [...row])
  const n = a.length
  const vectors = a.map((_, i) => Array.from({ length: n }, (_, j) => Number(i === j)))
  const size = Math.sqrt(a.flat().reduce((sum, value) => sum + value * value, 0))
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > 1e-14 * size; sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q)
  const pairs = a.map((row, i) => ({ value: row[i]!, vector: vectors.map(components => components[i]!) }))
  return pairs.sort((one, other) => other.value - one.value)
}

function offDiagonal(a: readonly (readonly number[])[]): number {
  let sum = 0
  for (const [i, row] of a.entries()) for (let j = 0; j < i; j++) sum += 2 * row[j]! * row[j]!
  return Math.sqrt(sum)
}

/** Makes a[p][q] zero by a rotation of the rows and columns p and q. */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const between = a[p]![q]!
  if (between === 0) return
  const tau = (a[q]![q]! - a[p]![p]!) / (2 * between)
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau))
  const c = 1 / Math.hypot(1, t)
  const s = t * c
  for (const row of a) turn(row, p, q, c, s)
  for (let j = 0; j < a.length; j++) {
    const [x, y] = [a[p]![j]!, a[q]![j]!]
    a[p]![j] = c * x - s * y
    a[q]![j] = s * x + c * y
  }
  for (const row of vectors) turn(row, p, q, c, s)
}

function turn(row: number[], p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p]!, row[q]!]
  row[p] = c * x - s * y
  row[q] = s * x + c * y
}
