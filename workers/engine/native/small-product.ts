import * as tf from '@tensorflow/tfjs-core'
import { boolAttribute } from './attributes.ts'
import type { NativeKernel } from './native-kernel.ts'

/** Up to this size, one thread finishes a product before further threads would have started. */
const FEW_FLOPS = 3e6

/** Computes small matrix products with a custom op, `native/small-product.cc`; TensorFlow computes larger ones. */
export const smallProduct: NativeKernel<{ a: tf.Tensor; b: tf.Tensor }, tf.BatchMatMulAttrs> = {
  name: tf.BatchMatMul,
  compute({ a, b }, { transposeA, transposeB }, { backend }) {
    const columns = b.shape.at(transposeB ? -2 : -1)!
    const areMatrices = a.rank === 2 && b.rank === 2 && a.dtype === 'float32'
    if (!areMatrices || 2 * a.size * columns > FEW_FLOPS) return undefined
    const attributes = [boolAttribute('transpose_a', transposeA), boolAttribute('transpose_b', transposeB)]
    return backend.executeSingleOutput('ThresherSmallProduct', attributes, [a, b])
  },
}
