import { z } from 'zod'
import { type Converter, converter, only } from '#interchange/keras/options.ts'

const slope = z.number().min(0).max(1000)
const USUAL_SLOPE = 0.3

/** Activations that Keras has as layers of their own. */
export const ACTIVATION_LAYERS: Readonly<Record<string, Converter>> = {
  ReLU: converter(
    {
      max_value: z.literal(6, 'must be 6, or left out').nullish(),
      negative_slope: only(0),
      threshold: only(0),
    },
    ({ max_value: isBounded }) => ({ type: 'activation', activation: isBounded ? 'relu6' : 'relu' }),
  ),
  // Keras 2 and TensorFlow.js call the slope alpha.
  LeakyReLU: converter(
    { negative_slope: slope.nullish(), alpha: slope.nullish() },
    ({ negative_slope: slope, alpha }) => ({ type: 'leakyRelu', slope: slope ?? alpha ?? USUAL_SLOPE }),
  ),
  ELU: converter({ alpha: only(1) }, () => ({ type: 'activation', activation: 'elu' })),
  Softmax: converter(
    {
      axis: z.union([z.literal(-1), z.array(z.literal(-1)).length(1)], 'must be -1, the last').nullish(),
    },
    () => ({ type: 'activation', activation: 'softmax' }),
  ),
}
