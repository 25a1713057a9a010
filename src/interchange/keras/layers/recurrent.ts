import { z } from 'zod'
import { type Converter, converter, nothing, only, size } from '#interchange/keras/options.ts'
import { always, initializer } from '#interchange/keras/read-initializer.ts'
import type { Initializer } from '#network/initializer-schema.ts'
import type { RecurrentLayer } from '#network/topology.ts'

const recurrent = {
  units: size,
  // Null would be none.
  activation: z.literal('tanh', 'must be tanh').default('tanh'),
  use_bias: z.boolean().default(true),
  kernel_initializer: initializer('glorotUniform'),
  recurrent_initializer: initializer({ name: 'orthogonal', gain: 1 }),
  kernel_regularizer: nothing,
  recurrent_regularizer: nothing,
  bias_regularizer: nothing,
  activity_regularizer: nothing,
  kernel_constraint: nothing,
  recurrent_constraint: nothing,
  bias_constraint: nothing,
  dropout: z.literal(0, 'must be 0: put a Dropout layer before it').nullish(),
  recurrent_dropout: only(0),
  return_sequences: z.boolean().default(false),
  return_state: only(false),
  go_backwards: z.boolean().default(false),
  stateful: only(false),
  time_major: only(false),
  // How it is computed, and what only masks would need.
  unroll: z.unknown().optional(),
  implementation: z.unknown().optional(),
  zero_output_for_mask: z.unknown().optional(),
  seed: z.unknown().optional(),
}
const gated = {
  ...recurrent,
  recurrent_activation: z
    .literal(
      'sigmoid',
      "must be sigmoid: build the layer with recurrent_activation='sigmoid' and train it anew",
    )
    .default('sigmoid'),
}

const recurrentOf = (config: {
  units: number
  use_bias: boolean
  kernel_initializer: Initializer
  recurrent_initializer: Initializer
  return_sequences: boolean
  go_backwards: boolean
}) => ({
  units: config.units,
  returnSequences: config.return_sequences,
  direction: config.go_backwards ? 'backward' : 'forward',
  kernelInitializer: config.kernel_initializer,
  recurrentInitializer: config.recurrent_initializer,
})

const biasOf = (config: { use_bias: boolean; bias_initializer: Initializer }) => ({
  ...(config.use_bias && { biasInitializer: config.bias_initializer }),
})

const RECURRENT: Readonly<Record<string, Converter>> = {
  LSTM: converter(
    {
      ...gated,
      bias_initializer: always('zeros'),
      // TensorFlow.js writes null for false.
      unit_forget_bias: z.boolean().nullable().default(true),
    },
    config => ({
      type: 'lstm',
      ...recurrentOf(config),
      ...(config.use_bias && { biasInitializer: config.unit_forget_bias ? 'forgetGateOnes' : 'zeros' }),
    }),
  ),
  GRU: converter(
    {
      ...gated,
      bias_initializer: initializer('zeros'),
      reset_after: z.literal(true, 'must be true').default(true),
    },
    config => ({ type: 'gru', ...recurrentOf(config), ...biasOf(config) }),
  ),
  SimpleRNN: converter({ ...recurrent, bias_initializer: initializer('zeros') }, config => ({
    type: 'simpleRnn',
    ...recurrentOf(config),
    ...biasOf(config),
  })),
}

const inner = z.object({
  class_name: z.enum(Object.keys(RECURRENT), `must be one of: ${Object.keys(RECURRENT).join(', ')}`),
  config: z.record(z.string(), z.unknown()),
})
const BothWays = z.object({
  layer: inner,
  backward_layer: inner.nullish(),
  merge_mode: z.literal('concat', 'must be concat').default('concat'),
  weights: nothing,
})

/** Two layers of one config, one going each way. Keras 3 writes both down, Keras 2 and TensorFlow.js the first one. */
const bidirectional: Converter = config => {
  const { data, error } = BothWays.safeParse(config)
  if (!data) return { issue: error.issues[0]! }
  const convert = ({ class_name, config }: z.infer<typeof inner>) => RECURRENT[class_name]!(config)
  const forward = convert(data.layer)
  if ('issue' in forward)
    return { issue: { ...forward.issue, path: ['layer', 'config', ...forward.issue.path] } }
  const issueAt = (place: string, message: string) => ({
    issue: { code: 'custom' as const, path: [place, 'config'], message, input: config },
  })
  const { layer } = forward as { layer: RecurrentLayer }
  if (layer.direction === 'backward') return issueAt('layer', 'must not go backwards itself')
  const backward = data.backward_layer && convert(data.backward_layer)
  const wanted = JSON.stringify({ layer: { ...layer, direction: 'backward' } })
  if (backward && JSON.stringify(backward) !== wanted)
    return issueAt('backward_layer', 'must be that of the layer, but for going backwards')
  return { layer: { ...layer, direction: 'both' } }
}

/** The layers that networks over sequences and tables are made of. */
export const SEQUENCE_CONVERTERS: Readonly<Record<string, Converter>> = {
  Embedding: converter(
    {
      input_dim: size,
      output_dim: size,
      mask_zero: z.literal(false, 'must be false: masks are not trained here').nullish(),
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
  ...RECURRENT,
  Bidirectional: bidirectional,
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
