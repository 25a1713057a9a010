import type { ACTIVATION_LAYERS } from '#network/layers/activation.ts'
import { activationLayer, leakyRelu } from '#workers/layers/activation.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const ACTIVATION_BUILDERS: LayerBuilders<keyof typeof ACTIVATION_LAYERS> = {
  activation: ({ layer }) => activationLayer(layer),
  leakyRelu: ({ layer }) => leakyRelu(layer),
}
