import { z } from 'zod'
import { always, initializer } from './keras-initializer.ts'
import { type Converter, converter, nothing, only, size } from './keras-options.ts'

/** The layers that networks over sequences and tables are made of. */
export const SEQUENCE_CONVERTERS: Readonly<Record<string, Converter>> = {
  Embedding: converter(
    {
      input_dim: size,
      output_dim: size,
      mask_zero: z.literal(false, 'must be false: masks are not trained here').default(false),
      embeddings_initializer: initializer({ name: 'randomUniform', minval: -0.05, maxval: 0.05 }),
      embeddings_regularizer: nothing,
      embeddings_constraint: nothing,
      activity_regularizer: nothing,
      // Says the length of the input, which the input does too.
      input_length: z.unknown().optional(),
      lora_rank: nothing,
      quantization_config: nothing,
    },
    config => ({
      type: 'embedding',
      inputDim: config.input_dim,
      outputDim: config.output_dim,
      embeddingsInitializer: config.embeddings_initializer,
    }),
  ),
  LayerNormalization: converter(
    {
      // Which axis that is depends on the input: keras-model.ts sees to it.
      axis: z.union([z.int(), z.array(z.int()).length(1)]).default(-1),
      epsilon: z.number().positive().default(1e-3),
      center: only(true),
      scale: only(true),
      rms_scaling: only(false),
      gamma_initializer: always('ones'),
      beta_initializer: always('zeros'),
      gamma_regularizer: nothing,
      beta_regularizer: nothing,
      gamma_constraint: nothing,
      beta_constraint: nothing,
    },
    ({ epsilon }) => ({ type: 'layerNormalization', epsilon }),
  ),
}
