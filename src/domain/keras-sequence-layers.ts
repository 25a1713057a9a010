import { z } from 'zod'
import { always } from './keras-initializer.ts'
import { type Converter, converter, nothing } from './keras-options.ts'

/** The layers that networks over sequences and tables are made of. */
export const SEQUENCE_CONVERTERS: Readonly<Record<string, Converter>> = {
  LayerNormalization: converter(
    () => ({
      // Which axis that is depends on the input: keras-model.ts sees to it.
      axis: z.union([z.int(), z.array(z.int()).length(1)]).default(-1),
      epsilon: z.number().positive().default(1e-3),
      center: z.literal(true, 'must be true').default(true),
      scale: z.literal(true, 'must be true').default(true),
      rms_scaling: z.literal(false, 'must be false').default(false),
      gamma_initializer: always('ones'),
      beta_initializer: always('zeros'),
      gamma_regularizer: nothing,
      beta_regularizer: nothing,
      gamma_constraint: nothing,
      beta_constraint: nothing,
    }),
    ({ epsilon }) => ({ type: 'layerNormalization', epsilon }),
  ),
}
