import * as tf from '@tensorflow/tfjs-core'
import { sigmoidGradient, tanhGradient } from './activation.ts'
import type { Cell } from './recurrent.ts'

/**
 * A gated recurrent unit whose reset gate acts after the recurrent kernel (Keras's reset_after, as in cuDNN and PyTorch). The projections
 * of the input and of the previous output contain z, r and h, concatenated as in Keras. The gates z and r are the sigmoids of the sums, the
 * candidate is tanh(h of the input + r h of the previous output), and the output is z times the previous output + (1 - z) candidate (Cho et
 * al. 2014, eq. 5 to 8).
 */
export const gruCell: Cell = {
  states: 1,
  step(fromInput, fromOutput, [before]) {
    const [inputUpdate, inputReset, inputCandidate] = thirds(fromInput)
    const [outputUpdate, outputReset, outputCandidate] = thirds(fromOutput)
    const update = tf.sigmoid(tf.add(inputUpdate, outputUpdate))
    const reset = tf.sigmoid(tf.add(inputReset, outputReset))
    const candidate = tf.tanh(tf.add(inputCandidate, tf.mul(reset, outputCandidate)))
    const difference = tf.sub(before!, candidate)
    return {
      state: [tf.add(candidate, tf.mul(update, difference))],
      pullback([dOutput]) {
        const kept = tf.mul(dOutput!, update)
        const dUpdate = sigmoidGradient(tf.mul(dOutput!, difference), update)
        const dCandidate = tanhGradient(tf.sub(dOutput!, kept), candidate)
        const dReset = sigmoidGradient(tf.mul(dCandidate, outputCandidate), reset)
        return {
          dFromInput: tf.concat([dUpdate, dReset, dCandidate], 1),
          dFromOutput: tf.concat([dUpdate, dReset, tf.mul(dCandidate, reset)], 1),
          dBefore: [kept],
        }
      },
    }
  },
}

function thirds(x: tf.Tensor): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return tf.split(x, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
}
