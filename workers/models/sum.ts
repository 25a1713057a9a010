import * as tf from '@tensorflow/tfjs-core'
import type { Layer } from './layer.ts'

/** The sum of all inputs. */
export const sum: Layer = ({ inputs }) => ({
  y: inputs.reduce((total, input) => tf.add(total, input)),
  pullback: dy => ({ gradients: {}, dx: () => dy }),
})
