import * as tf from '@tensorflow/tfjs-core'
import { sigmoidGradient, tanhGradient } from './activation.ts'
import type { Cell } from './recurrent.ts'

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997; with a forget gate, Gers, Schmidhuber and Cummins 2000). The sum of the
 * projections contains i, f, g and o, concatenated as in Keras: memory <- sigmoid(f) memory + sigmoid(i) tanh(g), and the output is
 * sigmoid(o) tanh(memory).
 */
export const lstmCell: Cell = {
  states: 2,
  step(fromInput, fromOutput, [, memory]) {
    const [i, f, g, o] = tf.split(tf.add(fromInput, fromOutput), 4, 1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ]
    const [enter, keep, leave] = [tf.sigmoid(i), tf.sigmoid(f), tf.sigmoid(o)]
    const candidate = tf.tanh(g)
    const next = tf.add(tf.mul(keep, memory!), tf.mul(enter, candidate))
    const squashed = tf.tanh(next)
    return {
      state: [tf.mul(leave, squashed), next],
      pullback([dOutput, dNext]) {
        const throughOutput = tanhGradient(tf.mul(dOutput!, leave), squashed)
        const dMemory = dNext ? tf.add(throughOutput, dNext) : throughOutput
        const dSum = tf.concat(
          [
            sigmoidGradient(tf.mul(dMemory, candidate), enter),
            sigmoidGradient(tf.mul(dMemory, memory!), keep),
            tanhGradient(tf.mul(dMemory, enter), candidate),
            sigmoidGradient(tf.mul(dOutput!, squashed), leave),
          ],
          1,
        )
        return { dFromInput: dSum, dFromOutput: dSum, dBefore: [undefined, tf.mul(dMemory, keep)] }
      },
    }
  },
}
