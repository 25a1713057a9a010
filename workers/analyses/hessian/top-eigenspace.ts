import { basisSize, type HessianOptions, keptVectors } from '#analyses/hessian.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { AnalysisInput } from '#workers/analyses/computation.ts'
import { inOrderOf, type SavedState } from '#workers/analyses/saved-state.ts'
import { extendKrylov, type Krylov, restartKrylov, ritzPairs, ritzVectors, startKrylov } from './lanczos.ts'

/** H times a vector. */
export type Multiply = (vector: Float32Array) => Promise<Float32Array>

export interface TopEigenspace {
  /** Orthonormal, that of the largest eigenvalue first. */
  vectors: Float32Array[]
  products: number
  converged: boolean
}

/** The eigenspace of the largest eigenvalues of a symmetric H, which is known by its products only. */
export async function topEigenspace(
  multiply: Multiply,
  { dimension, seed }: { dimension: number; seed: number },
  { eigenvectors, tolerance, maxProducts }: Omit<HessianOptions, 'examples'>,
  { saved, save, advance }: Pick<AnalysisInput, 'saved' | 'save' | 'advance'>,
): Promise<TopEigenspace> {
  const keep = keptVectors(eigenvectors, dimension)
  const most = basisSize(eigenvectors, dimension)
  let krylov = saved ? restore(saved) : startKrylov(dimension, seed)
  for (;;) {
    const wanted = ritzPairs(krylov).slice(0, eigenvectors)
    const isComplete = wanted.length === eigenvectors
    const limit = tolerance * Math.abs(wanted[0]?.value ?? 0)
    const converged =
      isComplete && (krylov.basis.length === dimension || wanted.every(({ residual }) => residual <= limit))
    if (converged || krylov.products >= maxProducts)
      return { vectors: ritzVectors(krylov, wanted), products: krylov.products, converged }
    if (krylov.basis.length === most) krylov = restartKrylov(krylov, keep)
    krylov = extendKrylov(krylov, await multiply(krylov.next), seed)
    await advance(krylov.products, maxProducts)
    const current = krylov
    await save(krylov.products, () => stored(current))
  }
}

function stored({ basis, next, ...values }: Krylov): SavedState {
  return {
    values: { ...values, size: basis.length },
    tensors: { basis: basis.map((vector, index) => tensorOf(vector, index)), next: [tensorOf(next, 0)] },
  }
}

function restore({ values, tensors }: SavedState): Krylov {
  const { size, ...rest } = values as Omit<Krylov, 'basis' | 'next'> & { size: number }
  const names = Array.from({ length: size }, (_, index) => ({ name: String(index) }))
  const basis = inOrderOf(names, tensors.basis).map(({ data }) => data)
  return { ...rest, basis, next: tensors.next![0]!.data }
}

function tensorOf(data: Float32Array, index: number): FloatTensor {
  return { name: String(index), shape: [data.length], dtype: 'F32', data }
}
