import * as tf from '@tensorflow/tfjs-core'
import { tanhGradient } from './activation.ts'
import type { Cell } from './recurrent.ts'

/** The output is the tanh of the sum of the projections (Elman 1990). */
export const simpleRnnCell: Cell = {
  states: 1,
  step(fromInput, fromOutput) {
    const output = tf.tanh(tf.add(fromInput, fromOutput))
    return {
      state: [output],
      pullback([dOutput]) {
        const dSum = tanhGradient(dOutput!, output)
        return { dFromInput: dSum, dFromOutput: dSum, dBefore: [undefined] }
      },
    }
  },
}
