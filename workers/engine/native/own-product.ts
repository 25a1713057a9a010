import * as tf from '@tensorflow/tfjs-core'
import { boolAttribute } from './attributes.ts'
import type { NativeKernel } from './native-kernel.ts'

/** Up to this size, one thread finishes a product before further threads would have started. */
const FEW_FLOPS = 3e6
/** Up to this size, if no side is shorter: docs/decisions/2026-11-30-products-of-medium-size.md. */
const MANY_FLOPS = 2.5e8
const LEAST_SIDE = 4
/** Others, such as ARM's, were not measured. */
const LEAST_LANES = 8

/**
 * Computes the matrix products for which it is faster than TensorFlow with a custom op, `native/product.cc`.
 * @param lanes the numbers in a register of the processor
 */
export function ownProduct(lanes: number): NativeKernel<{ a: tf.Tensor; b: tf.Tensor }, tf.BatchMatMulAttrs> {
  return {
    name: tf.BatchMatMul,
    compute({ a, b }, { transposeA, transposeB }, { backend }) {
      const columns = b.shape.at(transposeB ? -2 : -1)!
      const flops = 2 * a.size * columns
      const isMedium = flops <= MANY_FLOPS && Math.min(...a.shape, columns) >= LEAST_SIDE
      const isFaster = flops <= FEW_FLOPS || (isMedium && lanes >= LEAST_LANES)
      if (a.rank !== 2 || b.rank !== 2 || a.dtype !== 'float32' || !isFaster) return undefined
      const attributes = [boolAttribute('transpose_a', transposeA), boolAttribute('transpose_b', transposeB)]
      return backend.executeSingleOutput('ThresherProduct', attributes, [a, b])
    },
  }
}
