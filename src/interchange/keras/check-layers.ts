import type { Refuse } from '#network/check-topology.ts'
import type { Network } from '#network/network.ts'
import { codecOfClass } from './layers/keras-codecs.ts'
import type { KerasLayer } from './read-layer.ts'

/** Checks options of Keras layers that depend on the rest of the network. @param refuse throws an error */
export function checkLayers(
  { placed, variables }: Network,
  layers: readonly KerasLayer[],
  refuse: Refuse,
): void {
  const ranks = new Map(placed.map(({ layer, inputShape }) => [layer.name, inputShape.length]))
  for (const { className, name, config, path } of layers) {
    const codec = codecOfClass(className)
    // Normalizations and concatenations must be along the last axis: channels or features.
    const axis = [config.axis].flat()[0] ?? -1
    if (codec?.hasAxis && axis !== -1 && axis !== ranks.get(name))
      refuse(`${path}.config.axis`, 'must be -1, the last')
    // Keras freezes all layers of a model at once, which changes nothing in a layer without variables or moving statistics.
    const isTrained =
      codec?.inTraining === 'statistics' || variables.some(variable => variable.name.startsWith(`${name}/`))
    if (config.trainable === false && isTrained)
      refuse(
        `${path}.config.trainable`,
        'must be true: frozen layers are not supported; set layer.trainable = True and save again',
      )
  }
}
