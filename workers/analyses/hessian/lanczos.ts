import { randomStream } from '#network/random.ts'
import { dotFlat, normFlat, subtractFlat } from './flat.ts'
import { type EigenPair, symmetricEigen } from './symmetric-eigen.ts'

/** A partial decomposition: the projection of a symmetric H onto an orthonormal basis, and the unit vector that extends it. */
export interface Krylov {
  /** Orthonormal vectors. */
  basis: Float32Array[]
  /** basis^T H basis, symmetric. */
  projection: number[][]
  /** The next vector of the basis. */
  next: Float32Array
  /** The length of the part of H times the last vector that is outside the basis. */
  beta: number
  products: number
}

/** An approximate eigenpair, the largest value first. `residual` estimates ||H u - value u||. */
export interface Ritz extends EigenPair {
  residual: number
}

/** A start from a random vector, which almost surely has a part in every eigenspace. */
export function startKrylov(dimension: number, seed: number): Krylov {
  return { basis: [], projection: [], next: randomUnit(dimension, [], seed, 0), beta: 0, products: 0 }
}

/** The Ritz pairs of the basis. */
export function ritzPairs({ projection, beta }: Krylov): Ritz[] {
  return symmetricEigen(projection).map(pair => ({
    ...pair,
    residual: Math.abs(beta * pair.vector.at(-1)!),
  }))
}

/**
 * One step of the Lanczos method with full orthogonalization: extends the basis by `next`. `product` is H next. Every coefficient is computed, not only the two of the tridiagonal matrix, so a basis after `restart` needs no other formula.
 */
export function extendKrylov(krylov: Krylov, product: Float32Array, seed: number): Krylov {
  const basis = [...krylov.basis, krylov.next]
  const column = basis.map(vector => dotFlat(vector, product))
  const projection = [...krylov.projection.map((row, i) => [...row, column[i]!]), column]
  const products = krylov.products + 1
  const rest = orthogonalized(product.slice(), basis)
  const beta = normFlat(rest)
  // The basis spans an invariant subspace: what is left is rounding.
  if (beta <= NEGLIGIBLE * normFlat(product))
    return { basis, projection, next: randomUnit(product.length, basis, seed, products), beta: 0, products }
  scale(rest, 1 / beta)
  return { basis, projection, next: rest, beta, products }
}

const NEGLIGIBLE = 1e-6

/** A random unit vector that is orthogonal to the basis. */
function randomUnit(
  dimension: number,
  basis: readonly Float32Array[],
  seed: number,
  draw: number,
): Float32Array {
  const random = randomStream(seed, 'lanczos', draw)
  const vector = orthogonalized(
    Float32Array.from({ length: dimension }, () => random.normal()),
    basis,
  )
  scale(vector, 1 / normFlat(vector))
  return vector
}

/** Removes the parts along the basis, in place; twice is enough (Parlett, "The Symmetric Eigenvalue Problem", section 6.9). */
function orthogonalized(vector: Float32Array, basis: readonly Float32Array[]): Float32Array {
  for (let pass = 0; pass < 2; pass++)
    for (const direction of basis) subtractFlat(vector, direction, dotFlat(direction, vector))
  return vector
}

/**
 * The same with the `keep` largest Ritz vectors as the basis, which keeps the memory bounded (thick restart: Wu and Simon 2000,
 * "Thick-Restart Lanczos Method for Large Symmetric Eigenvalue Problems"). Replaces the vectors of the basis in place.
 */
export function restartKrylov(krylov: Krylov, keep: number): Krylov {
  const pairs = ritzPairs(krylov).slice(0, keep)
  const basis = ritzVectors(krylov, pairs)
  const projection = pairs.map(({ value }, i) => pairs.map((_, j) => (i === j ? value : 0)))
  return { ...krylov, basis, projection }
}

/** The vectors of Ritz pairs in the space of the basis, whose arrays are overwritten. */
export function ritzVectors({ basis }: Pick<Krylov, 'basis'>, pairs: readonly EigenPair[]): Float32Array[] {
  const kept = basis.slice(0, pairs.length)
  const row = new Float64Array(pairs.length)
  for (let index = 0; index < basis[0]!.length; index++) {
    for (const [which, { vector }] of pairs.entries()) {
      let sum = 0
      for (let j = 0; j < basis.length; j++) sum += vector[j]! * basis[j]![index]!
      row[which] = sum
    }
    for (const [which, vector] of kept.entries()) vector[index] = row[which]!
  }
  return kept
}

function scale(vector: Float32Array, factor: number): void {
  for (let index = 0; index < vector.length; index++) vector[index]! *= factor
}
