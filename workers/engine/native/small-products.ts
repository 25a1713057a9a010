import * as tf from '@tensorflow/tfjs-core'
import { registerKernel } from '#workers/engine/register-kernel.ts'
import type { NativeBackend } from './native-backend.ts'

/** Up to here one thread is done with a product before others would have begun. */
const FEW_FLOPS = 3e6
/** TF_AttrType. */
const BOOL = 3

type Factors = { a: tf.Tensor; b: tf.Tensor }
type Transposed = { transposeA: boolean; transposeB: boolean }

/** Gives small products of matrices to an op of our own, `native/small-product.cc`, and leaves the others where they are. */
export function registerSmallProducts(): void {
  registerKernel<Factors, Transposed, NativeBackend>('tensorflow', {
    name: tf.BatchMatMul,
    compute({ a, b }, { transposeA, transposeB }, { backend, stock }) {
      const columns = b.shape.at(transposeB ? -2 : -1)!
      const isMatrices = a.rank === 2 && b.rank === 2 && a.dtype === 'float32'
      if (!isMatrices || 2 * a.size * columns > FEW_FLOPS) return stock({ a, b }, { transposeA, transposeB })
      const attributes = [
        { name: 'transpose_a', type: BOOL, value: transposeA },
        { name: 'transpose_b', type: BOOL, value: transposeB },
      ]
      return backend.executeSingleOutput('ThresherSmallProduct', attributes, [a, b])
    },
  })
}
