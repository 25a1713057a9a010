import type { Activation } from '#network/activation.ts'
import type { Refuse } from '#network/check-topology.ts'
import type { KerasLayer } from './read-layer.ts'
import type { KerasMajor } from './version.ts'
import { plainWord } from './word.ts'

const OF_KERAS_2: Activation = 'keras2HardSigmoid'

/**
 * `hard_sigmoid` is clip(0.2 z + 0.5, 0, 1) in Keras 2 and TensorFlow.js, clip(z / 6 + 0.5, 0, 1) in Keras 3: renames the activation of
 * Keras 2. @param refuse throws an error if the file does not contain its version
 */
export function withOwnHardSigmoid(
  layer: KerasLayer,
  major: KerasMajor | undefined,
  refuse: Refuse,
): KerasLayer {
  const { config, path } = layer
  if (plainWord(config.activation) !== 'hardsigmoid' || major === 3) return layer
  if (!major)
    refuse(
      `${path}.config.activation`,
      'is a different function in Keras 2 and in Keras 3: add "keras_version" to the model',
    )
  return { ...layer, config: { ...config, activation: OF_KERAS_2 } }
}
