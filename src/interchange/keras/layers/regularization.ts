import { z } from 'zod'
import { converter } from '#interchange/keras/options.ts'
import type { REGULARIZATION_LAYERS } from '#network/layers/regularization.ts'
import type { KerasCodecs } from './keras-codec.ts'

/** The shape of the random numbers of a dropout: null for one per unit, or [null, 1, 1, 1] for one per example. */
const noiseShape = z
  .unknown()
  .refine(
    shape =>
      shape == null ||
      (Array.isArray(shape) && shape[0] === null && shape.slice(1).every(length => length === 1)),
    'must be null, or [null, 1, ..., 1]',
  )
  .optional()

export const REGULARIZATION_CODECS: KerasCodecs<keyof typeof REGULARIZATION_LAYERS> = {
  dropout: {
    read: {
      Dropout: converter(
        { rate: z.number().min(0).lt(1), noise_shape: noiseShape, seed: z.unknown().optional() },
        ({ rate, noise_shape: noiseShape }) => ({
          type: 'dropout',
          rate,
          ...(noiseShape ? { perExample: true as const } : {}),
        }),
      ),
    },
    write: ({ layer: { rate, perExample }, outputShape }) => ({
      class_name: 'Dropout',
      config: { rate, ...(perExample && { noise_shape: [null, ...outputShape.map(() => 1)] }) },
    }),
    inTraining: 'noise',
  },
}
