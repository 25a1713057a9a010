import { z } from 'zod'
import type { Config } from '#interchange/keras/activation-config.ts'
import { type Converter, converter, nothing, only, size } from '#interchange/keras/options.ts'
import { always, initializer } from '#interchange/keras/read-initializer.ts'
import { plainMessage } from '#interchange/plain-message.ts'
import type { Initializer } from '#network/initializer-schema.ts'
import type { RecurrentLayer } from '#network/topology.ts'
import type { KerasCodecs } from './keras-codec.ts'

const recurrent = {
  units: size,
  // Null would mean no activation.
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
  // These options change how the layer is computed, not its result.
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
      "must be sigmoid: build the layer with recurrent_activation='sigmoid' and train it again",
    )
    .default('sigmoid'),
}

const recurrentOf = (config: z.output<z.ZodObject<typeof recurrent>>) => ({
  units: config.units,
  returnSequences: config.return_sequences,
  direction: config.go_backwards ? ('backward' as const) : ('forward' as const),
  kernelInitializer: config.kernel_initializer,
  recurrentInitializer: config.recurrent_initializer,
})

const biasOf = (config: { use_bias: boolean; bias_initializer: Initializer }) => ({
  ...(config.use_bias && { biasInitializer: config.bias_initializer }),
})

const lstm = converter(
  {
    ...gated,
    bias_initializer: always('zeros'),
    // TensorFlow.js writes null for false.
    unit_forget_bias: z.boolean().nullable().default(true),
  },
  config => ({
    type: 'lstm',
    ...recurrentOf(config),
    ...(config.use_bias && {
      biasInitializer: config.unit_forget_bias ? ('forgetGateOnes' as const) : ('zeros' as const),
    }),
  }),
)

const gru = converter(
  {
    ...gated,
    bias_initializer: initializer('zeros'),
    reset_after: z.literal(true, 'must be true').default(true),
  },
  config => ({ type: 'gru', ...recurrentOf(config), ...biasOf(config) }),
)

const simpleRnn = converter({ ...recurrent, bias_initializer: initializer('zeros') }, config => ({
  type: 'simpleRnn',
  ...recurrentOf(config),
  ...biasOf(config),
}))

// TensorFlow.js has another default for recurrent_activation.
const SIGMOID = { recurrent_activation: 'sigmoid' }

export const RECURRENT_CODECS: KerasCodecs<RecurrentLayer['type']> = {
  lstm: {
    read: { LSTM: lstm },
    write: ({ layer }) => recurrentConfig(layer, 'LSTM', SIGMOID),
    hasCell: true,
  },
  gru: {
    read: { GRU: gru },
    write: ({ layer }) => recurrentConfig(layer, 'GRU', { ...SIGMOID, reset_after: true }),
    hasCell: true,
    missingInTfjs: name =>
      `GRU like ${name}, whose reset gate is applied after the recurrent kernel (reset_after)`,
  },
  simpleRnn: {
    read: { SimpleRNN: simpleRnn },
    write: ({ layer }) => recurrentConfig(layer, 'SimpleRNN', {}),
    hasCell: true,
  },
}

const RECURRENT: Readonly<Record<string, Converter>> = { LSTM: lstm, GRU: gru, SimpleRNN: simpleRnn }

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

/** The class Bidirectional: one layer in each direction. Keras 3 writes both; Keras 2 and TensorFlow.js write only the first one. */
export const bidirectional: Converter = config => {
  const { data, error } = BothWays.safeParse(config, { error: plainMessage })
  if (!data) return { issue: error.issues[0]! }
  const convert = ({ class_name, config }: z.infer<typeof inner>) => RECURRENT[class_name]!(config)
  const forward = convert(data.layer)
  if ('issue' in forward)
    return { issue: { ...forward.issue, path: ['layer', 'config', ...forward.issue.path] } }
  const issueAt = (place: string, message: string) => ({
    issue: { code: 'custom' as const, path: [place, 'config'], message, input: config },
  })
  const { layer } = forward as { layer: RecurrentLayer }
  if (layer.direction === 'backward') return issueAt('layer', 'must be false in the wrapped layer')
  const backward = data.backward_layer && convert(data.backward_layer)
  const wanted = JSON.stringify({ layer: { ...layer, direction: 'backward' } })
  if (backward && JSON.stringify(backward) !== wanted)
    return issueAt('backward_layer', 'must be the same as the wrapped layer, except for go_backwards')
  return { layer: { ...layer, direction: 'both' } }
}

function recurrentConfig(layer: RecurrentLayer, class_name: string, options: object): Config {
  const { units, returnSequences, direction, biasInitializer } = layer
  const config = {
    units,
    activation: 'tanh',
    use_bias: biasInitializer !== undefined,
    return_sequences: returnSequences,
    go_backwards: direction === 'backward',
    ...options,
  }
  if (direction !== 'both') return { class_name, config }
  // Keras derives the names of both layers from this one.
  const inner = { module: 'keras.layers', class_name, config: { name: layer.name, ...config } }
  return {
    class_name: 'Bidirectional',
    config: { merge_mode: 'concat', layer: { ...inner, registered_name: null } },
  }
}
