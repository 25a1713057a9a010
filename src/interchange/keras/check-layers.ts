import type { Refuse } from '#network/check-topology.ts'
import { placeLayers } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import { variablesOf } from '#network/variables.ts'
import type { KerasLayer } from './read-layer.ts'

const ALONG_CHANNELS: ReadonlySet<string> = new Set([
  'BatchNormalization',
  'LayerNormalization',
  'Normalization',
  'Concatenate',
])

/** What layers of Keras must have that only the whole network shows. @param refuse ends the reading */
export function checkLayers(topology: Topology, layers: readonly KerasLayer[], refuse: Refuse): void {
  const ranks = new Map(placeLayers(topology).map(({ layer, inputShape }) => [layer.name, inputShape.length]))
  const variables = variablesOf(topology)
  for (const { className, name, config, path } of layers) {
    // A normalisation or concatenation here is one of channels or features, which come last.
    const axis = [config.axis].flat()[0] ?? -1
    if (ALONG_CHANNELS.has(className) && axis !== -1 && axis !== ranks.get(name))
      refuse(`${path}.config.axis`, 'must be -1, the last')
    // Keras freezes all layers of a model at once. Of those without variables nothing changes but a normalisation, whose statistics stay.
    const isTrained =
      className === 'BatchNormalization' || variables.some(variable => variable.name.startsWith(`${name}/`))
    if (config.trainable === false && isTrained)
      refuse(
        `${path}.config.trainable`,
        'must be true: frozen layers are not trained here; set layer.trainable = True and save again',
      )
  }
}
