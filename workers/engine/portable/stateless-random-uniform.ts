import * as tf from '@tensorflow/tfjs-core'
import { RANDOM_UNIFORM } from '#workers/engine/ops/kernel-names.ts'
import type { PortableKernel } from '#workers/engine/register-kernel.ts'
import { philox, type Words } from './philox.ts'

/**
 * float32 in [0, 1), a function of the seed [2] only. The numbers equal those of TensorFlow's op of this name, so that the same units
 * drop out on every engine. One application of Philox to the seed gives the key and the counter's upper half.
 */
export const statelessRandomUniform: PortableKernel<{ seed: tf.Tensor1D }, { shape: number[] }> = {
  name: RANDOM_UNIFORM,
  compute({ seed }, { shape }) {
    const [first, second] = seed.dataSync() as unknown as [number, number]
    const sign = (word: number) => (word < 0 ? -1 : 0)
    const mixed = philox([first, sign(first), second, sign(second)], [0x3ec8f720, 0x02461e29])
    const values = new Float32Array(tf.util.sizeFromShape(shape))
    const key = [mixed[0], mixed[1]] as const
    const counter: Words = [0, 0, mixed[2], mixed[3]]
    for (let i = 0; i < values.length; i += 4) {
      counter[0] = i >> 2
      const words = philox(counter, key)
      for (let j = 0; j < 4 && i + j < values.length; j++) values[i + j] = toUnitInterval(words[j]!)
    }
    return tf.tensor(values, shape)
  },
}

/** Takes the lowest 23 bits as a binary fraction. */
function toUnitInterval(word: number): number {
  return (word & 0x7fffff) / 0x800000
}
