import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

/** A dense layer, computed with the product of batch-mat-mul.ts, because the package's fused kernel has the two defects described there. */
export const fusedMatMul: WasmKernel<{ a: tf.Tensor; b: tf.Tensor; bias?: tf.Tensor }, tf._FusedMatMulAttrs> =
  {
    name: tf._FusedMatMul,
    compute: ({ a, b, bias }, { transposeA, transposeB, activation }) => {
      if (activation !== 'linear' && activation !== 'relu') return undefined
      const product = tf.matMul(a, b, transposeA, transposeB)
      const z = bias ? tf.add(product, bias) : product
      return activation === 'relu' ? tf.relu(z) : z
    },
  }
