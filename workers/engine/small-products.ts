import * as tf from '@tensorflow/tfjs-core'
import type { NativeBackend } from './native-backend.ts'

/** Up to here one thread is done with a product before others would have begun. */
const FEW_FLOPS = 3e6
/** TF_AttrType. */
const BOOL = 3

/** Gives small products of matrices to an op of our own, `native/small-product.cc`, and leaves the others where they are. */
export function registerSmallProducts(): void {
  const stock = tf.getKernel(tf.BatchMatMul, 'tensorflow')!
  tf.unregisterKernel(tf.BatchMatMul, 'tensorflow')
  tf.registerKernel({
    ...stock,
    kernelFunc(call) {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor }
      const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean }
      const columns = b.shape.at(transposeB ? -2 : -1)!
      const isMatrices = a.rank === 2 && b.rank === 2 && a.dtype === 'float32'
      if (!isMatrices || 2 * a.size * columns > FEW_FLOPS) return stock.kernelFunc(call)
      const attributes = [
        { name: 'transpose_a', type: BOOL, value: transposeA },
        { name: 'transpose_b', type: BOOL, value: transposeB },
      ]
      const backend = call.backend as NativeBackend
      return backend.executeSingleOutput('ThresherSmallProduct', attributes, [a, b])
    },
  })
}
