import type { Activation } from '#network/activation.ts'

/** The framework that will read a config. */
export type Reader = 'keras' | 'tfjs'

/** The class and config of a layer in a Keras model. */
export interface Config {
  class_name: string
  config: Record<string, unknown>
  /** If a layer becomes several: the indices of the inputs of this one, by default the one before it. */
  takes?: readonly number[]
}

const KERAS_NAMES: Readonly<Partial<Record<Activation, string>>> = {
  leakyRelu: 'leaky_relu',
  hardSigmoid: 'hard_sigmoid',
  hardSilu: 'hard_silu',
}

/** Activations that a framework has only as layers. TensorFlow.js has the hard sigmoid of Keras 2, which differs from that of Keras 3. */
const LAYERS: Readonly<Record<Reader, Partial<Record<Activation, readonly Config[]>>>> = {
  keras: { keras2HardSigmoid: hardSigmoid(0.2) },
  tfjs: {
    leakyRelu: [leakyRelu(0.2)],
    hardSigmoid: hardSigmoid(1 / 6),
    // The product of the hard sigmoid's input and output.
    hardSilu: [...hardSigmoid(1 / 6), { class_name: 'Multiply', config: {}, takes: [0, 2] }],
  },
}
const TFJS_NAMES: Readonly<Partial<Record<Activation, string>>> = {
  silu: 'swish',
  keras2HardSigmoid: 'hard_sigmoid',
}

/** A layer as the framework defines it: the activation by name or, if the framework has no name for it, as layers after it. */
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

/** Newer versions of Keras read the first name of the slope, older ones and TensorFlow.js the second. */
export function leakyRelu(slope: number): Config {
  return { class_name: 'LeakyReLU', config: { negative_slope: slope, alpha: slope } }
}
