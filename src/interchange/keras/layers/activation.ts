import { z } from 'zod'
import { leakyRelu } from '#interchange/keras/activation-config.ts'
import { activation, converter, only } from '#interchange/keras/options.ts'
import type { ACTIVATION_LAYERS } from '#network/layers/activation.ts'
import type { KerasCodecs } from './keras-codec.ts'

const slope = z.number().min(0).max(1000)
const DEFAULT_SLOPE = 0.3

export const ACTIVATION_CODECS: KerasCodecs<keyof typeof ACTIVATION_LAYERS> = {
  activation: {
    read: {
      Activation: converter({ activation }, ({ activation }) => ({ type: 'activation', activation })),
      ReLU: converter(
        {
          max_value: z.literal(6, 'must be 6, or left out').nullish(),
          negative_slope: only(0),
          threshold: only(0),
        },
        ({ max_value: isBounded }) => ({ type: 'activation', activation: isBounded ? 'relu6' : 'relu' }),
      ),
      ELU: converter({ alpha: only(1) }, () => ({ type: 'activation', activation: 'elu' })),
      Softmax: converter(
        {
          axis: z.union([z.literal(-1), z.array(z.literal(-1)).length(1)], 'must be -1, the last').nullish(),
        },
        () => ({ type: 'activation', activation: 'softmax' }),
      ),
    },
    write: ({ layer: { activation } }) => ({ class_name: 'Activation', config: { activation } }),
  },
  leakyRelu: {
    read: {
      // Keras 2 and TensorFlow.js call the slope alpha.
      LeakyReLU: converter(
        { negative_slope: slope.nullish(), alpha: slope.nullish() },
        ({ negative_slope: slope, alpha }) => ({ type: 'leakyRelu', slope: slope ?? alpha ?? DEFAULT_SLOPE }),
      ),
    },
    write: ({ layer: { slope } }) => leakyRelu(slope),
  },
}
