import type { BuildLayer } from '../layer.ts'

/** The smallest number that Keras divides by (keras.config.epsilon). */
const SMALLEST_DEVIATION = 1e-7
const ZERO = new Float32Array(1)

/** The layers that compute a function of each channel; the graph folds them into others where it can. */
export const NORMALIZATION_LAYERS: Readonly<Record<string, BuildLayer>> = {
  /** gamma (x - mean) / sqrt(variance + epsilon) + beta. */
  batchNormalization(layer) {
    const { shape } = layer
    const [width, epsilon] = [[shape.at(-1)!], layer.number('epsilon')]
    const gamma = layer.flag('scale', true) ? layer.weight('gamma', width) : undefined
    const variance = layer.weight('movingVariance', width)
    return layer.add({
      op: 'affine',
      shape,
      shift: layer.weight('movingMean', width),
      scale: variance.map((value, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(value + epsilon)),
      offset: layer.flag('center', true) ? layer.weight('beta', width) : ZERO,
      activation: { name: 'linear' },
    })
  },

  layerNormalization(layer) {
    const { shape } = layer
    const width = [shape.at(-1)!]
    return layer.add({
      op: 'layerNormalization',
      shape,
      epsilon: layer.number('epsilon'),
      gamma: layer.weight('gamma', width),
      beta: layer.weight('beta', width),
    })
  },

  /** scale x + offset. */
  rescaling(layer) {
    const { shape } = layer
    const channels = shape.at(-1)!
    return layer.add({
      op: 'affine',
      shape,
      shift: ZERO,
      scale: Float32Array.from(layer.perChannel('scale', channels)),
      offset: Float32Array.from(layer.perChannel('offset', channels)),
      activation: { name: 'linear' },
    })
  },

  /** (x - mean) / max(sqrt(variance), 1e-7), with the options of the layer or, without them, its statistics. */
  normalization(layer) {
    const { shape } = layer
    const channels = shape.at(-1)!
    const valuesOf = (word: string) =>
      layer.has('mean') ? layer.perChannel(word, channels) : layer.weight(word, [channels])
    return layer.add({
      op: 'affine',
      shape,
      shift: Float32Array.from(valuesOf('mean')),
      scale: Float32Array.from(
        valuesOf('variance'),
        value => 1 / Math.max(Math.sqrt(value), SMALLEST_DEVIATION),
      ),
      offset: ZERO,
      activation: { name: 'linear' },
    })
  },
}
