import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/** Packing one element costs about as much as moving this many in a transpose. */
const PACK_COST = 4

/**
 * The package's kernel does not use its vectorized, threaded product if an operand is transposed, so operands are transposed first. It also
 * packs all of b on every call, which for a batch times a weight matrix costs more than the product. If that is cheaper, b' a' is computed
 * and transposed instead.
 */
export const batchMatMul: WasmKernel<{ a: tf.Tensor; b: tf.Tensor }, tf.BatchMatMulAttrs> = {
  name: tf.BatchMatMul,
  compute: ({ a, b }, { transposeA, transposeB }, { stock }) => {
    const product = (left: tf.Tensor, right: tf.Tensor) =>
      tf
        .engine()
        .makeTensorFromTensorInfo(stock({ a: left, b: right }, { transposeA: false, transposeB: false }))
    const orient = (x: tf.Tensor, transpose: boolean) => (transpose ? swapLastAxes(x) : x)
    const resultSize = (a.size / a.shape.at(transposeA ? -2 : -1)!) * b.shape.at(transposeB ? -2 : -1)!
    const turnedCost = costOf(b, !transposeB, a, !transposeA) + resultSize
    return turnedCost < costOf(a, transposeA, b, transposeB)
      ? swapLastAxes(product(orient(b, !transposeB), orient(a, !transposeA)))
      : product(orient(a, transposeA), orient(b, transposeB))
  },
}

/** The cost of a product without its multiplications, in transposed elements. */
function costOf(left: tf.Tensor, transposeLeft: boolean, right: tf.Tensor, transposeRight: boolean): number {
  return PACK_COST * right.size + (transposeLeft ? left.size : 0) + (transposeRight ? right.size : 0)
}

function swapLastAxes(x: tf.Tensor): tf.Tensor {
  const batchAxes = x.shape.slice(0, -2).map((_, axis) => axis)
  return tf.transpose(x, [...batchAxes, x.rank - 1, x.rank - 2])
}
