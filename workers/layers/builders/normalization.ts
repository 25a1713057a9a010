import type { NORMALIZATION_LAYERS } from '#network/layers/normalization.ts'
import { batchNormalization } from '#workers/layers/batch-normalization.ts'
import { layerNormalization } from '#workers/layers/layer-normalization.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const NORMALIZATION_BUILDERS: LayerBuilders<keyof typeof NORMALIZATION_LAYERS> = {
  batchNormalization: ({ layer }) => batchNormalization(layer),
  layerNormalization: ({ layer }) => layerNormalization(layer),
}
