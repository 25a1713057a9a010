import { z } from 'zod'
import { converter, nothing, only } from '#interchange/keras/options.ts'
import { always } from '#interchange/keras/read-initializer.ts'
import type { NORMALIZATION_LAYERS } from '#network/layers/normalization.ts'
import type { KerasCodecs } from './keras-codec.ts'

const normalization = {
  // Whether that is the last axis depends on the input: check-layers.ts checks it.
  axis: z.union([z.int(), z.array(z.int()).length(1)]).default(-1),
  epsilon: z.number().positive().default(1e-3),
  gamma_initializer: always('ones'),
  beta_initializer: always('zeros'),
  gamma_regularizer: nothing,
  beta_regularizer: nothing,
  gamma_constraint: nothing,
  beta_constraint: nothing,
}

export const NORMALIZATION_CODECS: KerasCodecs<keyof typeof NORMALIZATION_LAYERS> = {
  batchNormalization: {
    read: {
      BatchNormalization: converter(
        {
          ...normalization,
          momentum: z.number().min(0).max(1).default(0.99),
          center: z.boolean().default(true),
          scale: z.boolean().default(true),
          // Has no effect because renorm must be off.
          renorm_momentum: z.unknown().optional(),
          moving_mean_initializer: always('zeros'),
          moving_variance_initializer: always('ones'),
        },
        ({ momentum, epsilon, center, scale }) => ({
          type: 'batchNormalization',
          momentum,
          epsilon,
          ...(!scale && { scale: false as const }),
          ...(!center && { center: false as const }),
        }),
      ),
    },
    write: ({ layer: { momentum, epsilon, scale = true, center = true } }) => ({
      class_name: 'BatchNormalization',
      config: { axis: -1, momentum, epsilon, scale, center },
    }),
    hasAxis: true,
    inTraining: 'statistics',
  },
  layerNormalization: {
    read: {
      LayerNormalization: converter(
        { ...normalization, center: only(true), scale: only(true), rms_scaling: only(false) },
        ({ epsilon }) => ({ type: 'layerNormalization', epsilon }),
      ),
    },
    write: ({ layer: { epsilon } }) => ({
      class_name: 'LayerNormalization',
      config: { axis: [-1], epsilon, center: true, scale: true },
    }),
    hasAxis: true,
  },
}
