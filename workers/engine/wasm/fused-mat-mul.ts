import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/** A dense layer in training, product by product as in batch-mat-mul.ts; the stock kernel has that one's two faults. */
export const fusedMatMul: WasmKernel<{ a: tf.Tensor; b: tf.Tensor; bias?: tf.Tensor }, tf._FusedMatMulAttrs> =
  {
    name: tf._FusedMatMul,
    compute: (inputs, attributes, { stock }) => {
      const { a, b, bias } = inputs
      const { transposeA, transposeB, activation } = attributes
      if (activation !== 'linear' && activation !== 'relu') return stock(inputs, attributes)
      const product = tf.matMul(a, b, transposeA, transposeB)
      const z = bias ? tf.add(product, bias) : product
      return activation === 'relu' ? tf.relu(z) : z
    },
  }
