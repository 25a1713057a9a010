import type { Activation } from '#network/activation.ts'

/** Who reads a config. */
export type Reader = 'keras' | 'tfjs'

/** What a Keras model writes of a layer itself. */
export interface Config {
  class_name: string
  config: Record<string, unknown>
  /** Of several that one layer becomes, those that it takes from by their places; the one before it unless it is given. */
  takes?: readonly number[]
}

const KERAS_NAMES: Readonly<Partial<Record<Activation, string>>> = {
  leakyRelu: 'leaky_relu',
  hardSigmoid: 'hard_sigmoid',
  hardSilu: 'hard_silu',
}

/** What a reader has as layers alone. The hard sigmoid of TensorFlow.js is that of Keras 2, the one of Keras 3 another function. */
const LAYERS: Readonly<Record<Reader, Partial<Record<Activation, readonly Config[]>>>> = {
  keras: { keras2HardSigmoid: hardSigmoid(0.2) },
  tfjs: {
    leakyRelu: [leakyRelu(0.2)],
    hardSigmoid: hardSigmoid(1 / 6),
    // Of what stood before the hard sigmoid and of what came out.
    hardSilu: [...hardSigmoid(1 / 6), { class_name: 'Multiply', config: {}, takes: [0, 2] }],
  },
}
const TFJS_NAMES: Readonly<Partial<Record<Activation, string>>> = {
  silu: 'swish',
  keras2HardSigmoid: 'hard_sigmoid',
}

/** A layer as its reader knows it: its activation by name or, where that has none, by layers behind it. */
export function withActivation(
  name: string,
  { class_name, config }: Config,
  reader: Reader,
): (Config & { name: string })[] {
  const activation = config.activation as Activation | undefined
  if (!activation) return [{ name, class_name, config }]
  const layers = LAYERS[reader][activation] ?? []
  const names = reader === 'tfjs' ? TFJS_NAMES : KERAS_NAMES
  const named = layers.length > 0 ? 'linear' : (names[activation] ?? activation)
  return [
    { name, class_name, config: { ...config, activation: named } },
    ...layers.map((layer, index) => ({ ...layer, name: `${name}.activation${index}` })),
  ]
}

function hardSigmoid(scale: number): Config[] {
  return [
    { class_name: 'Rescaling', config: { scale, offset: 0.5 } },
    { class_name: 'ReLU', config: { max_value: 1 } },
  ]
}

/** Newer readers call the slope by the first name, older ones and TensorFlow.js by the second. */
export function leakyRelu(slope: number): Config {
  return { class_name: 'LeakyReLU', config: { negative_slope: slope, alpha: slope } }
}
