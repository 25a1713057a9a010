import type { Activation } from '#network/activation.ts'
import type { Refuse } from '#network/check-topology.ts'
import type { KerasLayer } from './read-layer.ts'
import type { KerasMajor } from './version.ts'
import { plainWord } from './word.ts'

const OF_KERAS_2: Activation = 'keras2HardSigmoid'

/**
 * Keras 2 and TensorFlow.js call clip(0.2 z + 0.5, 0, 1) `hard_sigmoid`, Keras 3 clip(z / 6 + 0.5, 0, 1): names the one that is meant.
 * @param refuse ends the reading where the file does not tell which
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
      'is one function in Keras 2 and another in Keras 3: say which by "keras_version"',
    )
  return { ...layer, config: { ...config, activation: OF_KERAS_2 } }
}
