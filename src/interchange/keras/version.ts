/** Keras 3, or Keras 2 with its variants tf.keras, tf_keras and TensorFlow.js. */
export type KerasMajor = 2 | 3

interface Entry {
  class_name: string
  config: Readonly<Record<string, unknown>>
  inbound_nodes?: readonly unknown[] | undefined
}

/**
 * The version of Keras that wrote a model, because some functions differ between versions. It is determined by the version in the JSON
 * (`tfjs-layers 1.1.2` in TensorFlow.js), else by the module of the model's class, else by the form of inputs, dtypes and calls.
 */
export function kerasMajor(
  version: string | undefined,
  model: unknown,
  entries: readonly Entry[],
): KerasMajor | undefined {
  const said = /^(?:(\d+)\.|tfjs-layers )/.exec(version ?? '')
  if (said) return Number(said[1]) >= 3 ? 3 : 2
  const { module } = model as { module?: unknown }
  if (typeof module === 'string') {
    if (module.startsWith('keras.src.models')) return 3
    if (/^(tf_keras|keras\.src\.engine|keras\.engine|tensorflow)\b/.test(module)) return 2
  }
  for (const entry of entries) {
    const major = majorOfEntry(entry)
    if (major) return major
  }
  return undefined
}

function majorOfEntry({ config, inbound_nodes: nodes }: Entry): KerasMajor | undefined {
  if (Object.hasOwn(config, 'batch_input_shape')) return 2
  if (Object.hasOwn(config, 'batch_shape')) return 3
  const policy = (config.dtype as { class_name?: unknown } | null | undefined)?.class_name
  if (policy === 'DTypePolicy') return 3
  if (policy === 'Policy') return 2
  const [call] = nodes ?? []
  if (typeof call !== 'object' || call === null) return undefined
  return Array.isArray(call) ? 2 : 3
}
