import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './register-kernel.ts'

/** The stock kernel leaves its vectorised, threaded product as soon as an operand is transposed. So transpose first. */
export const batchMatMul: WasmKernel<{ a: tf.Tensor; b: tf.Tensor }, tf.BatchMatMulAttrs> = {
  name: tf.BatchMatMul,
  compute: ({ a, b }, { transposeA, transposeB }, { stock }) =>
    stock(
      { a: transposeA ? swapLastAxes(a) : a, b: transposeB ? swapLastAxes(b) : b },
      { transposeA: false, transposeB: false },
    ),
}

function swapLastAxes(x: tf.Tensor): tf.Tensor {
  const batchAxes = x.shape.slice(0, -2).map((_, axis) => axis)
  return tf.transpose(x, [...batchAxes, x.rank - 1, x.rank - 2])
}
