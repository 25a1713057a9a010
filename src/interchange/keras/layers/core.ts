import { z } from 'zod'
import { activation, converter, kernelOf, nothing, size, weighted } from '#interchange/keras/options.ts'
import { initializer } from '#interchange/keras/read-initializer.ts'
import type { CORE_LAYERS } from '#network/layers/core.ts'
import type { KerasCodecs } from './keras-codec.ts'

export const CORE_CODECS: KerasCodecs<keyof typeof CORE_LAYERS> = {
  dense: {
    read: {
      Dense: converter({ units: size, activation, ...weighted }, config => ({
        type: 'dense',
        units: config.units,
        ...kernelOf(config),
      })),
    },
    write: ({ layer: { units, activation, biasInitializer } }) => ({
      class_name: 'Dense',
      config: { units, activation, use_bias: biasInitializer !== undefined },
    }),
  },
  embedding: {
    read: {
      Embedding: converter(
        {
          input_dim: size,
          output_dim: size,
          mask_zero: z.literal(false, 'must be false: masks are not supported').nullish(),
          embeddings_initializer: initializer({ name: 'randomUniform', minval: -0.05, maxval: 0.05 }),
          embeddings_regularizer: nothing,
          embeddings_constraint: nothing,
          activity_regularizer: nothing,
          // The length of the input, which also follows from the input's shape.
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
    },
    write: ({ layer }) => ({
      class_name: 'Embedding',
      config: { input_dim: layer.inputDim, output_dim: layer.outputDim, mask_zero: false },
    }),
  },
}
